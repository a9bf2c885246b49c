using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Losses;

/// <summary>What <see cref="KtoLoss"/> says of each response.</summary>
/// <param name="Loss">One value per response, <c>[batch]</c>; carries gradients. Take the mean.</param>
/// <param name="Reward">β(log π − log π_ref), <c>[batch]</c>; no gradient.</param>
public sealed record KtoOutput(Tensor Loss, Tensor Reward);

/// <summary>Kahneman-Tversky optimisation: responses that are marked good or bad, one by one, without pairs.</summary>
/// <remarks>Source: Ethayarajh et al. 2024, "KTO", equation 8.</remarks>
public static class KtoLoss
{
    /// <summary>w_d (1 − σ(β (s − z))) for a desirable response, w_u (1 − σ(β (z − s))) for another, s = log π − log π_ref.</summary>
    /// <param name="policy">log π of each response under the model being trained, nats, <c>[batch]</c>; carries gradients.</param>
    /// <param name="reference">The same under the frozen model, <c>[batch]</c>.</param>
    /// <param name="desirable">True where the response is marked good, <c>[batch]</c> bool.</param>
    /// <param name="referencePoint">z, how far the policy has moved on unrelated responses: <see cref="ReferencePoint"/>.</param>
    /// <param name="beta">How strongly to stay near the reference: larger is nearer. The paper: 0.1.</param>
    /// <param name="desirableWeight">w_d. The paper: w_d · good and w_u · bad responses in a ratio of 1 to 4/3.</param>
    /// <param name="undesirableWeight">w_u.</param>
    /// <exception cref="ArgumentOutOfRangeException">β is not positive, or a weight is negative.</exception>
    public static KtoOutput Compute(
        Tensor policy, Tensor reference, Tensor desirable, Tensor referencePoint, double beta = 0.1, double desirableWeight = 1, double undesirableWeight = 1)
    {
        ArgumentNullException.ThrowIfNull(referencePoint);
        var ratio = Ratio(policy, reference, beta, desirableWeight, undesirableWeight);
        var gain = (ratio - referencePoint).Times(beta);
        var (good, bad) = (gain.sigmoid().neg().Plus(1.0), gain.neg().sigmoid().neg().Plus(1.0)); // 1 − σ(x)
        return new(where(desirable, good.Times(desirableWeight), bad.Times(undesirableWeight)), ratio.detach().Times(beta));
    }

    /// <summary>APO-zero without pairs, KTO with z = 0: w_d (1 − σ(β s)) for a desirable response, w_u σ(β s) for another.</summary>
    /// <remarks>Source: D'Oosterlinck et al. 2024, "Anchored preference optimization", equation 7 taken apart; TRL's <c>apo_zero_unpaired</c>.</remarks>
    /// <inheritdoc cref="Compute"/>
    public static KtoOutput ComputeApoZero(
        Tensor policy, Tensor reference, Tensor desirable, double beta = 0.1, double desirableWeight = 1, double undesirableWeight = 1)
    {
        var ratio = Ratio(policy, reference, beta, desirableWeight, undesirableWeight);
        var liked = ratio.Times(beta).sigmoid();
        return new(where(desirable, liked.neg().Plus(1.0).Times(desirableWeight), liked.Times(undesirableWeight)), ratio.detach().Times(beta));
    }

    /// <summary>z = max(0, mean(log π − log π_ref)) over responses that belong to other prompts, a scalar without gradient.</summary>
    /// <param name="policy">log π of prompts followed by other prompts' responses, nats, <c>[batch]</c>.</param>
    /// <param name="reference">The same under the frozen model, <c>[batch]</c>.</param>
    public static Tensor ReferencePoint(Tensor policy, Tensor reference)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(reference);
        return (policy - reference).detach().mean().clamp(min: Scalars.Of(0.0));
    }

    private static Tensor Ratio(Tensor policy, Tensor reference, double beta, double desirableWeight, double undesirableWeight)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        ArgumentOutOfRangeException.ThrowIfNegative(desirableWeight);
        ArgumentOutOfRangeException.ThrowIfNegative(undesirableWeight);
        return policy - reference;
    }
}
