using System.Text.Json.Serialization;
using Zephyr.Losses;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>A loss over preference pairs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PreferenceLoss>))]
public enum PreferenceLoss
{
    /// <summary><see cref="DpoLoss"/>: the paper's.</summary>
    Sigmoid,

    /// <summary><see cref="ConservativeDpoLoss"/>, with the options' label smoothing.</summary>
    Conservative,

    /// <summary><see cref="IpoLoss"/> on averages over the response's tokens.</summary>
    Ipo,

    /// <summary><see cref="IpoLoss"/> on sums, as in 2023.</summary>
    IpoOnSums,

    /// <summary><see cref="HingeLoss"/>.</summary>
    Hinge,

    /// <summary><see cref="SftLoss"/> on the chosen responses: nats per token. With <see cref="Sigmoid"/> it makes RPO.</summary>
    Sft,
}

/// <summary>A part of the loss that a DPO run minimises.</summary>
/// <param name="Loss">Which.</param>
/// <param name="Weight">What it is multiplied by.</param>
public sealed record WeightedLoss(PreferenceLoss Loss, double Weight = 1);

/// <summary>The weighted sum of a run's losses over one batch.</summary>
internal static class PreferenceLosses
{
    /// <returns>The batch's loss, a scalar, and the rewards, which are the same whatever the loss.</returns>
    public static (Tensor Loss, DpoOutput Rewards) Of(DpoOptions options, PairScores policy, PairLogProbs reference)
    {
        var parts = options.Losses.Select(part => (part.Weight, Part: One(part.Loss, options, policy, reference))).ToList();
        var sum = parts.Select(part => part.Weight * part.Part.Value).Aggregate((a, b) => a + b);
        return (sum, parts[0].Part.Output);
    }

    private static (Tensor Value, DpoOutput Output) One(PreferenceLoss loss, DpoOptions options, PairScores policy, PairLogProbs reference)
    {
        var output = loss switch
        {
            PreferenceLoss.Sigmoid or PreferenceLoss.Sft => DpoLoss.Compute(policy.LogProbs, reference, options.Beta),
            PreferenceLoss.Conservative => ConservativeDpoLoss.Compute(policy.LogProbs, reference, options.Beta, options.LabelSmoothing),
            PreferenceLoss.Ipo => IpoLoss.Compute(policy.LogProbs, reference, policy.Lengths, options.Beta),
            PreferenceLoss.IpoOnSums => IpoLoss.ComputeOnSums(policy.LogProbs, reference, options.Beta),
            PreferenceLoss.Hinge => HingeLoss.Compute(policy.LogProbs, reference, options.Beta),
            _ => throw new ArgumentException($"{loss} is no known loss.", nameof(loss)),
        };
        return (loss == PreferenceLoss.Sft ? SftLoss.Compute(policy.ChosenTokenLogProbs) : output.Loss.mean(), output);
    }
}
