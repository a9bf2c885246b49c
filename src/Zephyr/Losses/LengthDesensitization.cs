namespace Zephyr.Losses;

/// <summary>LD-DPO: what the longer response of a pair says beyond the shorter one's length counts less, so that length alone wins less.</summary>
/// <remarks>Source: Liu et al. 2024, "Length desensitization in direct preference optimization", equation 11. The reference is summed the same way.</remarks>
public static class LengthDesensitization
{
    /// <summary>What each token's log-probability is multiplied by before it is summed: 1 for the first min(l_w, l_l) tokens of both responses, α beyond.</summary>
    /// <param name="chosenTokens">l_w of each pair.</param>
    /// <param name="rejectedTokens">l_l of each pair.</param>
    /// <param name="alpha">α from 0 (the tail does not count) to 1 (plain DPO).</param>
    /// <returns>A factor for each token: all chosen responses in pair order, then all rejected ones.</returns>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">α is outside [0, 1].</exception>
    public static double[] Factors(IReadOnlyList<int> chosenTokens, IReadOnlyList<int> rejectedTokens, double alpha)
    {
        ArgumentNullException.ThrowIfNull(chosenTokens);
        ArgumentNullException.ThrowIfNull(rejectedTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(alpha);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(alpha, 1);
        if (chosenTokens.Count != rejectedTokens.Count)
        {
            throw new ArgumentException($"{chosenTokens.Count} chosen responses and {rejectedTokens.Count} rejected ones make no pairs.", nameof(rejectedTokens));
        }

        var shared = chosenTokens.Zip(rejectedTokens, Math.Min).ToArray();
        return [.. Of(chosenTokens, shared, alpha), .. Of(rejectedTokens, shared, alpha)];
    }

    private static IEnumerable<double> Of(IReadOnlyList<int> lengths, int[] shared, double alpha) =>
        lengths.SelectMany((length, pair) => Enumerable.Range(0, length).Select(token => token < shared[pair] ? 1 : alpha));
}
