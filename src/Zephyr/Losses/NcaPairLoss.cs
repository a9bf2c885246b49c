using Zephyr.Runtime;

namespace Zephyr.Losses;

/// <summary>Noise contrastive alignment on pairs: raises the chosen response's own likelihood, not only its lead over the rejected one.</summary>
/// <remarks>Source: Chen et al. 2024, "Noise contrastive alignment of language models with explicit rewards", the pair form of its loss.</remarks>
public static class NcaPairLoss
{
    /// <summary>−log σ(β s_w) − ½ log σ(−β s_w) − ½ log σ(−β s_l), s = log π − log π_ref; one value per pair.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="beta">How strongly to stay near the reference: larger is nearer.</param>
    /// <param name="divergence">What keeps near the reference; null is reverse KL.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> is not positive.</exception>
    public static DpoOutput Compute(PairLogProbs policy, PairLogProbs reference, double beta = 0.1, FDivergence? divergence = null)
    {
        var s = LogRatios.Of(policy, reference, beta);
        var score = s.Under(divergence);
        var (chosen, rejected) = (score.Chosen.Times(beta), score.Rejected.Times(beta));
        return s.With(Logistic.Loss(chosen).Plus(Logistic.Loss(chosen.neg()).Plus(Logistic.Loss(rejected.neg())).Times(0.5)));
    }
}
