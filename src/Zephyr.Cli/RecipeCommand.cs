using System.Globalization;
using Spectre.Console;
using Zephyr.Evaluation;
using Zephyr.Recipe;

namespace Zephyr.Cli;

/// <summary>Runs the arms of the paper's ablation on the embedded world and prints them with paired intervals.</summary>
internal static class RecipeCommand
{
    /// <summary>One sentence for the table of commands.</summary>
    public const string Summary = "run base, dDPO-dSFT, dSFT-1, dSFT-2, dDPO+dSFT on the embedded world, print them with intervals [--seeds 1,2,3] [--data FOLDER]";

    /// <summary>Runs the command.</summary>
    public static Task<int> RunAsync(string[] words)
    {
        var arguments = new Arguments(words, "--seeds", "--data");
        var (seeds, folder) = (arguments.Numbers("--seeds", "1"), arguments.DataFolder());
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };

        var bySeed = new List<IReadOnlyList<ArmScores>>();
        var progress = new StageProgress(AnsiConsole.Console);
        foreach (var seed in seeds)
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]seed {seed}[/]");
            var recipe = new TinyRecipe(folder, seed);
            var evaluation = ArmEvaluation.OnTest(recipe);
            progress.Run(recipe.Arms, stop.Token);
            bySeed.Add([.. recipe.Arms.Select(arm => Score(evaluation, arm, stop.Token))]);
            PrintWinRates(evaluation, bySeed[^1]);
        }

        var table = new ArmTable(bySeed);
        PrintScores(table, seeds);
        PrintDifferences(table, seeds);
        return Task.FromResult(0);
    }

    private static ArmScores Score(ArmEvaluation evaluation, Stage arm, CancellationToken cancelled)
    {
        var scores = evaluation.Score(arm, cancelled);
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"[grey]{arm.Name,-22}[/] T .7 {scores.Sampled:0.00}  greedy {scores.Greedy.Mean:0.00}  right {Percent(scores, sample => sample.Right)}  admitted {Percent(scores, sample => sample.Admitted)}  no disclaimer {Percent(scores, sample => sample.WithoutDisclaimer)}  clean {Percent(scores, sample => sample.CleanEnd)}  ended {100 * scores.Ended:0} %");
        return scores;
    }

    private static string Percent(ArmScores scores, Func<TinyWorld.WorldScores, double> share) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * scores.Samples.Average(share):0} %");

    private static void PrintWinRates(ArmEvaluation evaluation, IReadOnlyList<ArmScores> arms)
    {
        var teacher = evaluation.Teacher();
        foreach (var arm in arms)
        {
            var rate = WinRate.Between([.. arm.Samples.Select(sample => sample.Scores)], teacher.Scores);
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{arm.Name,-22}[/] wins against the teacher: {rate}");
        }
    }

    private static void PrintScores(ArmTable table, IReadOnlyList<long> seeds)
    {
        var grid = new Table().Title("Judge's score, 1 to 5, 400 test prompts").AddColumn("arm");
        foreach (var seed in seeds)
        {
            grid.AddColumn($"T .7, seed {seed}");
        }

        grid.AddColumn("T .7, mean").AddColumn("greedy, mean");
        foreach (var name in table.Names)
        {
            grid.AddRow([name, .. table.Sampled(name).Select(Score), Score(table.Sampled(name).Average()), Score(table.Greedy(name).Average())]);
        }

        AnsiConsole.Write(grid);
    }

    private static void PrintDifferences(ArmTable table, IReadOnlyList<long> seeds)
    {
        var grid = new Table().Title("Differences, paired by prompt, 95 % intervals").AddColumn("difference");
        foreach (var seed in seeds)
        {
            grid.AddColumn($"T .7, seed {seed}");
        }

        grid.AddColumn("T .7, pooled").AddColumn("greedy, pooled");
        (string, string)[] wanted =
        [
            ("dSFT", "base"),
            ("dDPO+dSFT", "dSFT"),
            ("dDPO+dSFT, beta 0.1", "dSFT"),
            ("dDPO+dSFT", "dSFT-2"),
            ("dSFT-2", "dSFT"),
            ("dDPO-dSFT", "base"),
        ];
        foreach (var (ours, theirs) in wanted)
        {
            var difference = table.Difference(ours, theirs);
            grid.AddRow(new[] { $"{ours} - {theirs}" }.Concat(difference.Sampled.Append(difference.SampledPooled).Append(difference.GreedyPooled).Select(interval => interval.ToString().EscapeMarkup())).ToArray());
        }

        AnsiConsole.Write(grid);
    }

    private static string Score(double score) => score.ToString("0.00", CultureInfo.InvariantCulture);
}
