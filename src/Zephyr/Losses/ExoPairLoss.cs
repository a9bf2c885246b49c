using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Losses;

/// <summary>Efficient exact optimisation on pairs: the reverse KL from the policy's own choice between both responses to the labels'.</summary>
/// <remarks>Source: Ji et al. 2024, "Towards efficient exact optimization of language model alignment", equation 16 with K = 2. It rests at β h = log((1 − ε)/ε).</remarks>
public static class ExoPairLoss
{
    /// <summary>q (log q − log(1 − ε)) + (1 − q)(log(1 − q) − log ε), q = σ(β h); one value per pair.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="beta">β_π of the paper: how strongly to stay near the reference.</param>
    /// <param name="labelSmoothing">ε, the labels' chance for the rejected response, above 0 and below 0.5; TRL advises 1e-3.</param>
    /// <param name="divergence">What keeps near the reference; null is reverse KL.</param>
    /// <exception cref="ArgumentOutOfRangeException">β is not positive, or ε is outside (0, 0.5): at 0 the loss is infinite.</exception>
    public static DpoOutput Compute(
        PairLogProbs policy, PairLogProbs reference, double beta = 0.1, double labelSmoothing = 1e-3, FDivergence? divergence = null)
    {
        Logistic.CheckSmoothing(labelSmoothing);
        ArgumentOutOfRangeException.ThrowIfZero(labelSmoothing);
        var s = LogRatios.Of(policy, reference, beta);
        var margin = s.Under(divergence).Gap.Times(beta);
        var chosen = margin.sigmoid() * nn.functional.logsigmoid(margin).Plus(-Math.Log(1 - labelSmoothing));
        var rejected = margin.neg().sigmoid() * nn.functional.logsigmoid(margin.neg()).Plus(-Math.Log(labelSmoothing));
        return s.With(chosen.Plus(rejected));
    }
}
