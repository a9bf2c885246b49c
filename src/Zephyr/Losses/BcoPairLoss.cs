using Zephyr.Runtime;

namespace Zephyr.Losses;

/// <summary>Binary classifier optimisation on pairs: the log-ratio as the logit of a classifier that tells chosen from rejected.</summary>
/// <remarks>
/// Source: Jung et al. 2024, "Binary classifier optimization for large language model alignment", equation 13. The paper moves the threshold with a running mean
/// of the rewards, <c>shift</c>; today's TRL trains on pairs without it, shift 0, and so does the trainer here.
/// </remarks>
public static class BcoPairLoss
{
    /// <summary>−log σ(β s_w − δ) − log σ(−(β s_l − δ)), s = log π − log π_ref; one value per pair.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="beta">How strongly to stay near the reference: larger is nearer.</param>
    /// <param name="shift">δ, the reward at which the classifier is undecided.</param>
    /// <param name="divergence">What keeps near the reference; null is reverse KL.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> is not positive.</exception>
    public static DpoOutput Compute(PairLogProbs policy, PairLogProbs reference, double beta = 0.1, double shift = 0, FDivergence? divergence = null)
    {
        var s = LogRatios.Of(policy, reference, beta);
        var score = s.Under(divergence);
        var (chosen, rejected) = (score.Chosen.Times(beta).Plus(-shift), score.Rejected.Times(beta).Plus(-shift));
        return s.With(Logistic.Loss(chosen).Plus(Logistic.Loss(rejected.neg())));
    }
}
