using Zephyr.Evaluation;

namespace Zephyr.Recipe.Claims;

/// <summary>A number with its 95 % interval; without one where a single seed gives none.</summary>
/// <param name="Value">The number.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record Estimate(double Value, double? Low = null, double? High = null)
{
    /// <summary>An interval as an estimate.</summary>
    public static Estimate Of(Interval interval)
    {
        ArgumentNullException.ThrowIfNull(interval);
        return new(interval.Mean, interval.Low, interval.High);
    }

    /// <summary>Whether every bound given is met; null where an interval is asked for and there is none.</summary>
    public bool? Meets(ClaimThreshold threshold)
    {
        ArgumentNullException.ThrowIfNull(threshold);
        if ((threshold.LowAbove is not null && Low is null) || (threshold.HighBelow is not null && High is null))
        {
            return null;
        }

        return !(Value < threshold.AtLeast) && !(Value > threshold.AtMost)
            && (threshold.LowAbove is null || Low > threshold.LowAbove) && (threshold.HighBelow is null || High < threshold.HighBelow);
    }

    /// <summary>For a table: "+0.22 [+0.17, +0.26]".</summary>
    public override string ToString() => Low is { } low && High is { } high
        ? new Interval(Value, low, high).ToString()
        : $"{Interval.WithSign(Value)} [no interval]";
}

/// <summary>An arm's own level, for a reader who wants to see what a difference is made of.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="Mean">Mean over prompts and seeds.</param>
public sealed record ArmMean(string Arm, double Mean);

/// <summary>What came out for one seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Estimate">The claim's number on it.</param>
public sealed record SeedEstimate(long Seed, Estimate Estimate);

/// <summary>A claim and what came out.</summary>
/// <param name="Claim">The claim, as it was written down.</param>
/// <param name="Ours">The number over all seeds.</param>
/// <param name="Seeds">The number seed by seed.</param>
/// <param name="Arms">The arms' own means, where the claim is about replies.</param>
/// <param name="Holds">Whether the threshold is met; null where it cannot be decided.</param>
public sealed record ClaimOutcome(Claim Claim, Estimate Ours, IReadOnlyList<SeedEstimate> Seeds, IReadOnlyList<ArmMean> Arms, bool? Holds = null)
{
    /// <summary>"holds", "does not hold", "not decided".</summary>
    public string Verdict => Holds switch
    {
        true => "holds",
        false => "does not hold",
        null => "not decided",
    };
}
