using Zephyr.Recipe.Claims;

namespace Zephyr.Tests.Recipe.Claims;

/// <summary>Evidence with the numbers that a test wants.</summary>
internal sealed class MadeUpEvidence(long seed, IReadOnlyDictionary<string, double[]> values, IReadOnlyList<LoggedLoss>? losses = null) : IClaimEvidence
{
    public long Seed => seed;

    public IReadOnlyList<double> Values(string arm, Measure measure, Decoding decoding) => values[arm];

    public IReadOnlyList<LoggedLoss> Losses(string arm) => losses!;
}
