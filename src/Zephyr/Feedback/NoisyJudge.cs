using System.Globalization;
using Zephyr.Rows;

namespace Zephyr.Feedback;

/// <summary>Another judge whose overall score wavers: what preference data made by a fallible judge look like.</summary>
/// <param name="inner">The judge that is asked.</param>
/// <param name="deviation">Standard deviation of the normal noise on the overall score; aspects stay as they are. 0 or more.</param>
public sealed class NoisyJudge(IJudge inner, double deviation) : IJudge
{
    private readonly double _deviation = double.IsFinite(deviation) && deviation >= 0
        ? deviation
        : throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "The noise's standard deviation must be 0 or more.");

    /// <inheritdoc/>
    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{inner.Name} with noise {deviation}");

    /// <inheritdoc/>
    public async Task<Rating> RateAsync(JudgeRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var rating = await inner.RateAsync(request, cancellation).ConfigureAwait(false);
        var random = new SplitMix(SplitMix.Mix(request.Seed, 0x6E6F697365));
        return rating with { Overall = rating.Overall + _deviation * Normal(random) };
    }

    /// <summary>A standard normal number from two uniform ones (Box and Muller); the logarithm's argument is never 0.</summary>
    private static double Normal(SplitMix random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
