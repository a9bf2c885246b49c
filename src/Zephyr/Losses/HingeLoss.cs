using Zephyr.Runtime;

namespace Zephyr.Losses;

/// <summary>The hinge form of a preference loss: pairs past the margin stop pulling.</summary>
/// <remarks>Source: Zhao et al. 2023, "SLiC-HF", with log-ratios to a reference in place of log-probabilities, as TRL has it.</remarks>
public static class HingeLoss
{
    /// <summary>max(0, 1 − β h), h = (log π − log π_ref)(y_w) − (log π − log π_ref)(y_l), one value per pair; 1 where policy and reference agree.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="beta">The reciprocal of the margin asked for, in nats: a pair rests once h is 1/β.</param>
    /// <param name="divergence">What keeps near the reference; null is reverse KL.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> is not positive.</exception>
    public static DpoOutput Compute(PairLogProbs policy, PairLogProbs reference, double beta = 0.1, FDivergence? divergence = null)
    {
        var s = LogRatios.Of(policy, reference, beta);
        return s.With(s.Under(divergence).Gap.Times(-beta).Plus(1.0).relu());
    }
}
