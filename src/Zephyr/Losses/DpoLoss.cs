using Zephyr.Runtime;

namespace Zephyr.Losses;

/// <summary>Direct preference optimisation, the loss of the Zephyr paper's third step.</summary>
/// <remarks>Source: Rafailov et al. 2023, equation 7; Tunstall et al. 2023, section 3, step 3. Its gradient is −β σ(−β h) (∇ log π(y_w) − ∇ log π(y_l)).</remarks>
public static class DpoLoss
{
    /// <summary>−log σ(β[(log π − log π_ref)(y_w) − (log π − log π_ref)(y_l)]), one value per pair; log 2 where policy and reference agree.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen dSFT model; no gradients flow into it.</param>
    /// <param name="beta">How strongly to stay near the reference: larger is nearer. The Zephyr paper uses 0.1.</param>
    /// <param name="divergence">What keeps near the reference; null is the paper's reverse KL.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> is not positive.</exception>
    public static DpoOutput Compute(PairLogProbs policy, PairLogProbs reference, double beta = 0.1, FDivergence? divergence = null)
    {
        var s = LogRatios.Of(policy, reference, beta);
        return s.With(Logistic.Loss(s.Under(divergence).Gap.Times(beta)));
    }
}
