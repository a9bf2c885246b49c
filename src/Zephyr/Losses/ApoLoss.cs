using Zephyr.Runtime;

namespace Zephyr.Losses;

/// <summary>Anchored preference optimisation: says of each response by itself whether it should become likelier.</summary>
/// <remarks>Source: D'Oosterlinck et al. 2024, "Anchored preference optimization", equations 7 and 8, on log-ratios.</remarks>
public static class ApoLoss
{
    /// <summary>1 − σ(β s_w) + σ(β s_l), s = log π − log π_ref: chosen up, rejected down. For data better than the model's own answers.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="beta">How strongly to stay near the reference: larger is nearer.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> is not positive.</exception>
    /// <remarks>Its equation is in log-ratios: other divergences than reverse KL do not enter.</remarks>
    public static DpoOutput ComputeZero(PairLogProbs policy, PairLogProbs reference, double beta = 0.1)
    {
        var s = LogRatios.Of(policy, reference, beta);
        return s.With(s.Rejected.Times(beta).sigmoid().Plus(1.0) - s.Chosen.Times(beta).sigmoid());
    }

    /// <summary>σ(β s_w) + 1 − σ(β h): both down, rejected further. For data worse than the model's own answers.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="beta">How strongly to stay near the reference: larger is nearer.</param>
    /// <param name="divergence">What keeps near the reference, in h alone (as TRL has it); null is reverse KL.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> is not positive.</exception>
    public static DpoOutput ComputeDown(PairLogProbs policy, PairLogProbs reference, double beta = 0.1, FDivergence? divergence = null)
    {
        var s = LogRatios.Of(policy, reference, beta);
        return s.With(s.Chosen.Times(beta).sigmoid().Plus(1.0) - s.Under(divergence).Gap.Times(beta).sigmoid());
    }
}
