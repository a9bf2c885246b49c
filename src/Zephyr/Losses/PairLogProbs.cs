using static TorchSharp.torch;

namespace Zephyr.Losses;

/// <summary>What one model makes of both responses of each pair: log π(y_w | x) and log π(y_l | x), summed over the response's tokens.</summary>
/// <param name="Chosen">Of the preferred responses, nats, <c>[batch]</c>.</param>
/// <param name="Rejected">Of the other responses, nats, <c>[batch]</c>.</param>
public sealed record PairLogProbs(Tensor Chosen, Tensor Rejected);

/// <summary>How many tokens the responses of each pair have.</summary>
/// <param name="Chosen">Tokens of the preferred responses, <c>[batch]</c>.</param>
/// <param name="Rejected">Tokens of the other responses, <c>[batch]</c>.</param>
public sealed record PairLengths(Tensor Chosen, Tensor Rejected);

/// <summary>What a preference loss says of each pair.</summary>
/// <param name="Loss">One value per pair, <c>[batch]</c>; carries gradients. Take the mean.</param>
/// <param name="ChosenReward">β(log π − log π_ref)(y_w), <c>[batch]</c>; no gradient.</param>
/// <param name="RejectedReward">β(log π − log π_ref)(y_l), <c>[batch]</c>; no gradient.</param>
public sealed record DpoOutput(Tensor Loss, Tensor ChosenReward, Tensor RejectedReward)
{
    /// <summary>How much better the policy likes the preferred response than the reference does, β h, <c>[batch]</c>; no gradient.</summary>
    public Tensor Margin => ChosenReward - RejectedReward;
}
