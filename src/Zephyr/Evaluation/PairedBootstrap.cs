using System.Globalization;
using Zephyr.Rows;

namespace Zephyr.Evaluation;

/// <summary>
/// How far apart two models are on the same prompts, and how sure that is: the mean difference and the interval that
/// its resampled values fill. Pairing by prompt takes away what makes prompts easy or hard.
/// </summary>
/// <remarks>Source: Efron 1979; percentile interval. It covers the choice of prompts, not the randomness of training: repeat over seeds for that.</remarks>
public static class PairedBootstrap
{
    /// <summary>Mean of <paramref name="ours"/> - <paramref name="theirs"/> with a percentile interval.</summary>
    /// <param name="ours">One score a prompt.</param>
    /// <param name="theirs">The other model's score on the same prompt.</param>
    /// <param name="seed">Same seed, same interval.</param>
    /// <param name="resamples">How often the prompts are drawn anew, with replacement; at least 100.</param>
    /// <param name="level">How much of the resampled means the interval holds, between 0 and 1.</param>
    /// <exception cref="ArgumentException">The lists differ in length, are empty or hold a number that is not finite.</exception>
    public static Interval Difference(IReadOnlyList<double> ours, IReadOnlyList<double> theirs, long seed = 0, int resamples = 1500, double level = 0.95)
    {
        Statistics.RequirePairs(ours, theirs);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(level, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(level, 1);

        double[] differences = [.. ours.Zip(theirs, (our, their) => our - their)];
        var random = new SplitMix(SplitMix.Mix(seed));
        var means = new double[resamples];
        for (var sample = 0; sample < resamples; sample++)
        {
            var sum = 0.0;
            for (var draw = 0; draw < differences.Length; draw++)
            {
                sum += differences[random.Next(differences.Length)];
            }

            means[sample] = sum / differences.Length;
        }

        Array.Sort(means);
        var tail = (1 - level) / 2;
        return new(Statistics.Mean(differences), Quantile(means, tail), Quantile(means, 1 - tail));
    }

    /// <summary>The same over several seeds of training: each prompt's scores are averaged over the seeds first, then prompts are resampled.</summary>
    /// <param name="ours">One list a seed, each with one score a prompt.</param>
    /// <param name="theirs">The other model's lists, for the same seeds in the same order.</param>
    /// <param name="seed">Same seed, same interval.</param>
    /// <exception cref="ArgumentException">The numbers of seeds or prompts differ.</exception>
    public static Interval Pooled(IReadOnlyList<IReadOnlyList<double>> ours, IReadOnlyList<IReadOnlyList<double>> theirs, long seed = 0) =>
        Difference(MeanByPrompt(ours), MeanByPrompt(theirs), seed);

    /// <summary>The average over seeds, prompt by prompt.</summary>
    /// <exception cref="ArgumentException">No seed, or the seeds have different numbers of prompts.</exception>
    public static IReadOnlyList<double> MeanByPrompt(IReadOnlyList<IReadOnlyList<double>> scoresBySeed)
    {
        ArgumentNullException.ThrowIfNull(scoresBySeed);
        if (scoresBySeed.Count == 0 || scoresBySeed.Any(scores => scores.Count != scoresBySeed[0].Count))
        {
            throw new ArgumentException($"Seeds have {string.Join(", ", scoresBySeed.Select(scores => scores.Count))} prompts: all need the same ones.");
        }

        return [.. Enumerable.Range(0, scoresBySeed[0].Count).Select(prompt => scoresBySeed.Average(scores => scores[prompt]))];
    }

    /// <summary>Linear interpolation between the two sorted values around the place (n - 1) x share.</summary>
    private static double Quantile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}

/// <summary>An estimate between its bounds.</summary>
/// <param name="Mean">The estimate itself.</param>
/// <param name="Low">Lower bound.</param>
/// <param name="High">Upper bound.</param>
public sealed record Interval(double Mean, double Low, double High)
{
    /// <summary>Whether zero lies outside: the difference is there, at the interval's level.</summary>
    public bool ExcludesZero => Low > 0 || High < 0;

    /// <summary>For a table: "+0.22 [+0.17, +0.26]".</summary>
    public override string ToString() => $"{WithSign(Mean)} [{WithSign(Low)}, {WithSign(High)}]";

    /// <summary>Two digits with their sign. What rounds to zero is "+0.00", from either side.</summary>
    public static string WithSign(double value) =>
        (Math.Round(value, 2, MidpointRounding.AwayFromZero) + 0.0).ToString("+0.00;-0.00", CultureInfo.InvariantCulture); // -0.0 + 0.0 is 0.0
}
