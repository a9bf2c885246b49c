using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Zephyr.Recipe;

namespace Zephyr.Cli;

/// <summary>Runs stages of the recipe with a bar each, and says at the end where each came from and how fast it was.</summary>
internal sealed class StageProgress(IAnsiConsole console)
{
    /// <summary>Seconds and tokens a second of each stage that was made, by its name.</summary>
    public Dictionary<string, (double Seconds, double TokensPerSecond)> Speeds { get; } = [];

    /// <summary>Finds or makes the products, in order.</summary>
    public void Run(IEnumerable<Stage> stages, CancellationToken cancelled)
    {
        foreach (var stage in stages)
        {
            if (stage.Found is { } found)
            {
                console.MarkupLineInterpolated($"[grey]{stage.Name,-22}[/] {(found.Origin == Origin.Shipped ? "shipped" : "from an earlier run")}  {found.Folder}");
                continue;
            }

            Make(stage, cancelled);
        }
    }

    private void Make(Stage stage, CancellationToken cancelled)
    {
        var watch = Stopwatch.StartNew();
        StageStep? last = null;
        var firstTokens = 0L;
        console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).Start(progress =>
        {
            var bar = progress.AddTask(stage.Name.EscapeMarkup());
            stage.FindOrMake(
                step =>
                {
                    firstTokens = last is null ? step.Tokens : firstTokens;
                    last = step;
                    bar.MaxValue = step.Steps;
                    bar.Value = step.Step;
                    bar.Description = string.Create(CultureInfo.InvariantCulture, $"{stage.Name} loss {step.Loss:0.000}").EscapeMarkup();
                },
                cancelled);
        });
        var seconds = watch.Elapsed.TotalSeconds;
        var rate = last is null ? 0 : (last.Tokens - firstTokens) / seconds;
        Speeds[stage.Name] = (seconds, rate);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{stage.Name,-22}[/] made in {seconds:0} s, {rate:0} tokens/s, last loss {last?.Loss:0.000}");
    }
}
