using Zephyr.Runtime;

namespace Zephyr.Losses;

/// <summary>DPO on log-ratios per token: long responses no longer weigh more. Like <see cref="SimPoLoss"/>, but with a reference.</summary>
/// <remarks>Source: TRL's <c>sigmoid_norm</c>; Rafailov et al. 2023, equation 7, with averages over tokens in place of sums.</remarks>
public static class NormalizedDpoLoss
{
    /// <summary>−log σ(β (s_w/l_w − s_l/l_l)), s = log π − log π_ref, l = tokens of the response; one value per pair.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="lengths">Tokens of the responses, each at least 1.</param>
    /// <param name="beta">How strongly to stay near the reference, per token: larger than for sums.</param>
    /// <param name="divergence">What keeps near the reference; null is reverse KL. The score of the whole response is divided by its tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> is not positive.</exception>
    public static DpoOutput Compute(PairLogProbs policy, PairLogProbs reference, PairLengths lengths, double beta = 0.1, FDivergence? divergence = null)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        var s = LogRatios.Of(policy, reference, beta);
        var score = s.Under(divergence);
        return s.With(Logistic.Loss(((score.Chosen / lengths.Chosen) - (score.Rejected / lengths.Rejected)).Times(beta)));
    }
}
