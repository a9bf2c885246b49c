using System.Diagnostics;
using System.Globalization;
using Zephyr.Recipe;
using Zephyr.Recipe.Claims;
using Zephyr.Runtime;

namespace Zephyr.Cli.Claims;

/// <summary>
/// Jobs as processes of their own, one thread each: two side by side use two cores better than one with two threads, and a model does not depend on what is trained beside it.
/// </summary>
internal static class ClaimWorker
{
    /// <summary>The options that only a worker is started with.</summary>
    public static readonly string[] Options = ["--job", "--seed", "--answers"];

    /// <summary>In the worker: makes one model and its replies, and says how long each took.</summary>
    public static int Run(Arguments arguments, string folder, CancellationToken cancelled)
    {
        Startup.Start(new RuntimeOptions { Threads = 1 });
        var (clock, arm) = (Stopwatch.StartNew(), arguments.Text("--job", ""));
        var evidence = new RecipeEvidence(new TinyRecipe(folder, arguments.Numbers("--seed", "1")[0]), arguments.Text("--split", "dev"), arguments.Number("--prompts", 1), cancelled);
        evidence.Train(arm);
        var trained = clock.Elapsed.TotalSeconds;
        if (arguments.Text("--answers", "no") == "yes")
        {
            evidence.Scores(arm);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trained in {trained:0} s, answered in {clock.Elapsed.TotalSeconds - trained:0} s"));
        return 0;
    }

    /// <summary>Starts a worker and waits for it.</summary>
    /// <returns>What it said last.</returns>
    /// <exception cref="InvalidOperationException">It ended in an error.</exception>
    public static async Task<string> StartAsync(ClaimJob job, string folder, string split, int prompts, CancellationToken cancelled)
    {
        string[] words =
        [
            typeof(ClaimWorker).Assembly.Location, "claims", "--job", job.Arm, "--seed", Text(job.Seed), "--answers", job.Answers ? "yes" : "no",
            "--data", folder, "--split", split, "--prompts", Text(prompts),
        ];
        using var process = new Process { StartInfo = new("dotnet", words) { RedirectStandardOutput = true, RedirectStandardError = true } };
        process.StartInfo.Environment["OMP_NUM_THREADS"] = "1";
        process.Start();
        try
        {
            var (said, errors) = (process.StandardOutput.ReadToEndAsync(cancelled), process.StandardError.ReadToEndAsync(cancelled));
            await process.WaitForExitAsync(cancelled);
            return process.ExitCode == 0
                ? (await said).Trim().Split('\n')[^1]
                : throw new InvalidOperationException($"\"{job.Arm}\" of seed {job.Seed} ended with code {process.ExitCode}: {await errors}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(); // a run goes on from its newest checkpoint
            throw;
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
