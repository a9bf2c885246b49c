using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Losses;

/// <summary>Discovered preference optimisation: a loss that a language model found, logistic for negative margins and exponential for positive ones.</summary>
/// <remarks>Source: Lu et al. 2024, "Discovering preference optimization algorithms with and for large language models", equation 5.</remarks>
public static class DiscoPopLoss
{
    /// <summary>(1 − m)(−log σ(x)) + m exp(−x), x = β h, m = σ(x/τ); one value per pair.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="beta">How strongly to stay near the reference: larger is nearer.</param>
    /// <param name="tau">τ, how soft the change from one form to the other is; the paper: 0.05. Below 1, or the exponential form wins at large negative margins.</param>
    /// <param name="divergence">What keeps near the reference; null is reverse KL.</param>
    /// <exception cref="ArgumentOutOfRangeException">β or τ is not positive.</exception>
    public static DpoOutput Compute(PairLogProbs policy, PairLogProbs reference, double beta = 0.1, double tau = 0.05, FDivergence? divergence = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tau);
        var s = LogRatios.Of(policy, reference, beta);
        var x = s.Under(divergence).Gap.Times(beta);
        var logistic = x.Times(-1 / tau).sigmoid() * Logistic.Loss(x);
        var exponential = (nn.functional.logsigmoid(x.Times(1 / tau)) - x).exp(); // m and exp(−x) in one exponent: 0 · ∞ cannot arise
        return s.With(logistic.Plus(exponential));
    }
}
