using Zephyr.Runtime;

namespace Zephyr.Losses;

/// <summary>Conservative DPO: a share ε of the pairs is taken to be labelled the wrong way round, so that no pair pulls for ever.</summary>
/// <remarks>Source: E. Mitchell 2023, "A note on DPO with noisy preferences". ε = 0 is <see cref="DpoLoss"/>; the margin at rest is β h = log((1 − ε)/ε).</remarks>
public static class ConservativeDpoLoss
{
    /// <summary>−(1 − ε) log σ(β h) − ε log σ(−β h), h = (log π − log π_ref)(y_w) − (log π − log π_ref)(y_l), one value per pair.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="beta">How strongly to stay near the reference: larger is nearer.</param>
    /// <param name="labelSmoothing">ε, the share of wrong labels, from 0 to below 0.5.</param>
    /// <param name="divergence">What keeps near the reference; null is reverse KL.</param>
    /// <exception cref="ArgumentOutOfRangeException">β is not positive, or ε is outside [0, 0.5).</exception>
    public static DpoOutput Compute(
        PairLogProbs policy, PairLogProbs reference, double beta = 0.1, double labelSmoothing = 0.1, FDivergence? divergence = null)
    {
        Logistic.CheckSmoothing(labelSmoothing);
        var s = LogRatios.Of(policy, reference, beta);
        return s.With(Logistic.Smoothed(s.Under(divergence).Gap.Times(beta), labelSmoothing));
    }
}
