using Zephyr.Runtime;

namespace Zephyr.Losses;

/// <summary>Robust DPO: its mean over labels of which a share ε is flipped at random equals DPO's loss on the right labels.</summary>
/// <remarks>Source: Chowdhury et al. 2024, "Provably robust DPO", equation 12. ε = 0 is <see cref="DpoLoss"/>. Unbounded below: a pair with a large margin pulls on.</remarks>
public static class RobustDpoLoss
{
    /// <summary>[−(1 − ε) log σ(β h) + ε log σ(−β h)]/(1 − 2ε), one value per pair.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="beta">How strongly to stay near the reference: larger is nearer.</param>
    /// <param name="labelSmoothing">ε, the share of flipped labels, from 0 to below 0.5.</param>
    /// <param name="divergence">What keeps near the reference; null is reverse KL.</param>
    /// <exception cref="ArgumentOutOfRangeException">β is not positive, or ε is outside [0, 0.5).</exception>
    public static DpoOutput Compute(
        PairLogProbs policy, PairLogProbs reference, double beta = 0.1, double labelSmoothing = 0.1, FDivergence? divergence = null)
    {
        Logistic.CheckSmoothing(labelSmoothing);
        var s = LogRatios.Of(policy, reference, beta);
        var margin = s.Under(divergence).Gap.Times(beta);
        var (right, flipped) = (Logistic.Loss(margin).Times(1 - labelSmoothing), Logistic.Loss(margin.neg()).Times(labelSmoothing));
        return s.With((right - flipped).Over(1 - (2 * labelSmoothing)));
    }
}
