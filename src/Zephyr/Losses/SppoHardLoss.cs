using Zephyr.Runtime;

namespace Zephyr.Losses;

/// <summary>Self-play preference optimisation with hard labels: the chosen response's log-ratio is pulled to 1/(2β), the rejected one's to −1/(2β).</summary>
/// <remarks>Source: Wu et al. 2024, "Self-play preference optimization for language model alignment", equation 4.7 with win probabilities 1 and 0, divided by η² = 1/β².</remarks>
public static class SppoHardLoss
{
    /// <summary>(s_w − 1/(2β))² + (s_l + 1/(2β))², s = log π − log π_ref; one value per pair.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="beta">1/η of the paper: the log-ratios rest at ±1/(2β) nats.</param>
    /// <param name="divergence">What keeps near the reference; null is reverse KL.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> is not positive.</exception>
    public static DpoOutput Compute(PairLogProbs policy, PairLogProbs reference, double beta = 0.1, FDivergence? divergence = null)
    {
        var s = LogRatios.Of(policy, reference, beta);
        var score = s.Under(divergence);
        return s.With(score.Chosen.Plus(-0.5 / beta).square().Plus(score.Rejected.Plus(0.5 / beta).square()));
    }
}
