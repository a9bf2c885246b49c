namespace Zephyr.Losses;

/// <summary>Conservative DPO: a share ε of the pairs is taken to be labelled the wrong way round, so that no pair pulls for ever.</summary>
/// <remarks>Source: E. Mitchell 2023, "A note on DPO with noisy preferences". ε = 0 is <see cref="DpoLoss"/>; the margin at rest is β h = log((1 − ε)/ε).</remarks>
public static class ConservativeDpoLoss
{
    /// <summary>−(1 − ε) log σ(β h) − ε log σ(−β h), h = (log π − log π_ref)(y_w) − (log π − log π_ref)(y_l), one value per pair.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="reference">Under the frozen model.</param>
    /// <param name="beta">How strongly to stay near the reference: larger is nearer.</param>
    /// <param name="labelSmoothing">ε, the share of wrong labels, from 0 to below 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">β is not positive, or ε is outside [0, 0.5).</exception>
    public static DpoOutput Compute(PairLogProbs policy, PairLogProbs reference, double beta = 0.1, double labelSmoothing = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(labelSmoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labelSmoothing, 0.5);

        // The reversed labels are DPO's own loss with both responses exchanged.
        var asLabelled = DpoLoss.Compute(policy, reference, beta);
        var reversed = DpoLoss.Compute(Exchanged(policy), Exchanged(reference), beta);
        return asLabelled with { Loss = ((1 - labelSmoothing) * asLabelled.Loss) + (labelSmoothing * reversed.Loss) };
    }

    private static PairLogProbs Exchanged(PairLogProbs pair) => new(pair.Rejected, pair.Chosen);
}
