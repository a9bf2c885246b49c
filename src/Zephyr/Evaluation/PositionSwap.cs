namespace Zephyr.Evaluation;

/// <summary>What a judge said about two replies shown one after the other.</summary>
public enum Shown
{
    /// <summary>The one shown first is better.</summary>
    First,

    /// <summary>The one shown second is better.</summary>
    Second,

    /// <summary>Neither.</summary>
    Tie,
}

/// <summary>
/// Takes a judge's liking for a place out of its verdicts: every pair is judged in both orders, and a win counts only where both agree.
/// </summary>
/// <remarks>Source: Zheng et al. 2023 (MT-bench), section 3.4, conservative approach.</remarks>
public static class PositionSwap
{
    /// <summary>The outcome for our reply: 1 where both orders prefer it, 0 where both prefer the other, else 0.5.</summary>
    /// <param name="oursFirst">The verdict with our reply shown first.</param>
    /// <param name="oursSecond">The verdict with our reply shown second.</param>
    public static double Outcome(Shown oursFirst, Shown oursSecond) => (oursFirst, oursSecond) switch
    {
        (Shown.First, Shown.Second) => 1,
        (Shown.Second, Shown.First) => 0,
        _ => 0.5,
    };

    /// <summary>How a judge leans, over pairs that were judged in both orders.</summary>
    /// <param name="verdicts">For each pair the verdict with our reply first, then with our reply second.</param>
    /// <exception cref="ArgumentException">There is no pair.</exception>
    public static PositionBias Bias(IReadOnlyList<(Shown OursFirst, Shown OursSecond)> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        if (verdicts.Count == 0)
        {
            throw new ArgumentException("Position bias needs at least one pair judged in both orders.", nameof(verdicts));
        }

        double Share(Func<(Shown OursFirst, Shown OursSecond), bool> counts) => verdicts.Count(counts) / (double)verdicts.Count;
        return new(
            Share(pair => Outcome(pair.OursFirst, pair.OursSecond) != 0.5 || pair is (Shown.Tie, Shown.Tie)),
            Share(pair => pair is (Shown.First, Shown.First)),
            Share(pair => pair is (Shown.Second, Shown.Second)),
            WinRate.Of([.. verdicts.Select(pair => Outcome(pair.OursFirst, pair.OursSecond))]));
    }
}

/// <summary>What exchanging the order of the replies changed.</summary>
/// <param name="Consistent">Share of pairs with the same verdict in both orders.</param>
/// <param name="PrefersFirst">Share of pairs where whatever stood first won, twice.</param>
/// <param name="PrefersSecond">Share of pairs where whatever stood second won, twice.</param>
/// <param name="Rate">Our win rate when only verdicts that survive the exchange count.</param>
public sealed record PositionBias(double Consistent, double PrefersFirst, double PrefersSecond, WinRate Rate);
