using System.Diagnostics;
using Zephyr.Rows;

namespace Zephyr.Cli.KillTest;

/// <summary>
/// <c>kill-test</c>: kills training processes, at random moments and before every single change to the disk, starts them again, and compares the final
/// weights with those of a run that was left alone.
/// </summary>
internal static class KillTestCommand
{
    /// <summary>One sentence for the table of commands.</summary>
    public const string Summary = "kill training runs at random moments and at every file operation, and show that they end in the same weights [--kills 200] [--seed 1] [--trainer sft|dpo] [--at random|files]";

    private const int RandomSteps = 60, FileSteps = 4;

    /// <summary>Runs the command.</summary>
    public static Task<int> RunAsync(string[] words)
    {
        var arguments = new Arguments(words, "--kills", "--seed", "--trainer", "--at", "--run", "--steps", "--die-at");
        if (arguments.Text("--run", "") is { Length: > 0 } folder)
        {
            var dieAt = arguments.Number("--die-at", 0);
            return Task.FromResult(new SmallRun(folder, arguments.Text("--trainer", "sft"), arguments.Number("--steps", RandomSteps), dieAt > 0 ? dieAt : null).Run());
        }

        var (kills, seed) = (arguments.Number("--kills", 200), arguments.Number("--seed", 1));
        string[] trainers = arguments.OneOf("--trainer", "both", "sft", "dpo") is var one and not "both" ? [one] : ["sft", "dpo"];
        var at = arguments.OneOf("--at", "both", "random", "files");
        if (kills < trainers.Length)
        {
            throw new UsageException($"--kills {kills} is too few for {trainers.Length} trainers: each is to be killed at least once.");
        }

        var scratch = Directory.CreateTempSubdirectory("zephyr-kill-");
        try
        {
            var differing = trainers.Sum(trainer =>
                (at == "random" ? 0 : AtEveryChange(scratch.FullName, trainer))
                + (at == "files" ? 0 : AtRandom(scratch.FullName, trainer, kills / trainers.Length, new((ulong)seed))));
            Console.WriteLine(differing == 0 ? "Every run ended in the weights and the log of the run that was left alone." : $"{differing} runs ended otherwise.");
            return Task.FromResult(differing == 0 ? 0 : 1);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    /// <summary>Process n of a run dies before its n-th change to the disk, until one comes to the end; then the next run, until no process has that many changes to make.</summary>
    private static int AtEveryChange(string scratch, string trainer)
    {
        var alone = Finish(Path.Combine(scratch, $"{trainer}-files-alone"), trainer, FileSteps);
        var (dieAt, runs, differing) = (1, 0, 0);
        for (var reached = true; reached; runs++)
        {
            var folder = Path.Combine(scratch, $"{trainer}-files-{runs}");
            reached = false;
            string? hash;
            while ((hash = Start(folder, trainer, FileSteps, dieAt).End()) is null)
            {
                (reached, dieAt) = (true, dieAt + 1);
            }

            differing += hash == alone ? 0 : 1;
        }

        Console.WriteLine($"{trainer}: killed before each of {dieAt - 1} changes to the disk, {runs} runs to the end, {differing} with other weights or another log");
        return differing;
    }

    private static int AtRandom(string scratch, string trainer, int kills, SplitMix random)
    {
        var clock = Stopwatch.StartNew();
        var alone = Finish(Path.Combine(scratch, $"{trainer}-alone"), trainer, RandomSteps);
        var longest = (int)clock.ElapsedMilliseconds;
        var (done, runs, differing) = (0, 0, 0);
        while (done < kills)
        {
            var folder = Path.Combine(scratch, $"{trainer}-{runs++}");
            string? hash = null;
            while (hash is null)
            {
                var process = Start(folder, trainer, RandomSteps, dieAt: 0);
                if (done < kills)
                {
                    process.KillAfter(random.Next(Math.Max(1, longest / 3)));
                }

                hash = process.End();
                done += hash is null ? 1 : 0;
            }

            differing += hash == alone ? 0 : 1;
        }

        Console.WriteLine($"{trainer}: killed at {done} random moments of {RandomSteps} steps, {runs} runs to the end, {differing} with other weights or another log");
        return differing;
    }

    private static string Finish(string folder, string trainer, int steps) =>
        Start(folder, trainer, steps, dieAt: 0).End() ?? throw new InvalidOperationException($"The run in {folder} was left alone and ended without weights.");

    private static TrainingProcess Start(string folder, string trainer, int steps, int dieAt) =>
        new(["kill-test", "--run", folder, "--trainer", trainer, "--steps", $"{steps}", "--die-at", $"{dieAt}"]);
}
