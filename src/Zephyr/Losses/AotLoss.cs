using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Losses;

/// <summary>Alignment by optimal transport: the whole distribution of rewards is to lie above another, so values are compared in sorted order and not pair by pair.</summary>
/// <remarks>
/// Source: Melnyk et al. 2024, "Distributional preference alignment of LLMs via optimal transport", algorithms 1 and 2. What it says depends on which pairs
/// share a batch; entry i belongs to the i-th smallest value, not to pair i. Its equation is in log-ratios: other divergences than reverse KL do not enter.
/// </remarks>
public static class AotLoss
{
    /// <summary>−(1 − ε) log σ(β d) − ε log σ(−β d), d = sort((log π)(y_w) − (log π)(y_l)) − sort((log π_ref)(y_w) − (log π_ref)(y_l)); the paired form.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="beta">How strongly to stay near the reference: larger is nearer.</param>
    /// <param name="labelSmoothing">ε, the share of wrong labels, from 0 to below 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">β is not positive, or ε is outside [0, 0.5).</exception>
    public static DpoOutput Compute(PairLogProbs policy, PairLogProbs reference, double beta = 0.1, double labelSmoothing = 0)
    {
        var s = LogRatios.Of(policy, reference, beta);
        return Sorted(s, policy.Chosen - policy.Rejected, reference.Chosen - reference.Rejected, labelSmoothing);
    }

    /// <summary>The same with d = sort(s_w) − sort(s_l), s = log π − log π_ref: chosen and rejected responses need not answer the same prompts.</summary>
    /// <inheritdoc cref="Compute"/>
    public static DpoOutput ComputeUnpaired(PairLogProbs policy, PairLogProbs reference, double beta = 0.1, double labelSmoothing = 0)
    {
        var s = LogRatios.Of(policy, reference, beta);
        return Sorted(s, s.Chosen, s.Rejected, labelSmoothing);
    }

    private static DpoOutput Sorted(LogRatios s, Tensor above, Tensor below, double labelSmoothing)
    {
        Logistic.CheckSmoothing(labelSmoothing);
        var gap = above.sort(0).Values - below.sort(0).Values;
        return s.With(Logistic.Smoothed(gap.Times(s.Beta), labelSmoothing));
    }
}
