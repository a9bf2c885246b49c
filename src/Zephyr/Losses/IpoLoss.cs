using Zephyr.Runtime;

namespace Zephyr.Losses;

/// <summary>Identity preference optimisation: the gap of the log-ratios is pulled to 1/(2β) and no further.</summary>
/// <remarks>
/// Source: Azar et al. 2023, "A general theoretical paradigm to understand learning from human preferences", equation 17. Since December 2023 TRL
/// averages each log-ratio over its response's tokens (<see cref="Compute(PairLogProbs, PairLogProbs, PairLengths, double, FDivergence?)"/>); the original DPO code and TRL up to 0.7 summed (<see cref="ComputeOnSums"/>).
/// The two want different β.
/// </remarks>
public static class IpoLoss
{
    /// <summary>(s_w/l_w − s_l/l_l − 1/(2β))², s = log π − log π_ref, l = tokens of the response; one value per pair.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="lengths">Tokens of the responses, each at least 1.</param>
    /// <param name="beta">The regularisation τ of the IPO paper: the gap rests at 1/(2β) nats per token.</param>
    /// <param name="divergence">What keeps near the reference; null is reverse KL. The score of the whole response is divided by its tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> is not positive.</exception>
    public static DpoOutput Compute(PairLogProbs policy, PairLogProbs reference, PairLengths lengths, double beta = 0.1, FDivergence? divergence = null)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        var s = LogRatios.Of(policy, reference, beta);
        var score = s.Under(divergence);
        var gap = (score.Chosen / lengths.Chosen) - (score.Rejected / lengths.Rejected);
        return s.With(gap.Plus(-1 / (2 * beta)).square());
    }

    /// <summary>(s_w − s_l − 1/(2β))², s = log π − log π_ref summed over the response; one value per pair.</summary>
    /// <inheritdoc cref="Compute(PairLogProbs, PairLogProbs, PairLengths, double, FDivergence?)"/>
    public static DpoOutput ComputeOnSums(PairLogProbs policy, PairLogProbs reference, double beta = 0.1, FDivergence? divergence = null)
    {
        var s = LogRatios.Of(policy, reference, beta);
        return s.With(s.Under(divergence).Gap.Plus(-1 / (2 * beta)).square());
    }
}
