using Zephyr.Recipe;
using static TorchSharp.torch;

namespace Zephyr.Cli;

/// <summary>Memory, time and disk of the 7B shape by card, before anything is rented or loaded.</summary>
internal static class PreflightCommand
{
    /// <summary>One sentence for the table of commands.</summary>
    public const string Summary = "predict memory by part, time and disk of the 7B shape by card, 0 is this machine [--on 24,80,141,0]";

    /// <summary>Runs the command.</summary>
    public static Task<int> Run(string[] words)
    {
        foreach (var card in new Arguments(words, "--on").Numbers("--on", "24,80,141"))
        {
            var forecasts = card switch
            {
                0 => TrainingPlan.ByCard.Select(pair => Preflight.Of(pair.Plan, Machine.This(ProductProbe.Measure(ScalarType.BFloat16)))).ToList(),
                _ => [.. TrainingPlan.ByCard.Where(pair => pair.Gigabytes == card).Select(pair => Preflight.Of(pair.Plan, pair.Card))],
            };
            if (forecasts.Count == 0)
            {
                throw new UsageException($"--on {card} is no card that is known: {string.Join(", ", TrainingPlan.ByCard.Select(pair => pair.Gigabytes))}, or 0 for this machine.");
            }

            forecasts.ForEach(forecast => Console.WriteLine(forecast.ToText()));
        }

        return Task.FromResult(0);
    }
}
