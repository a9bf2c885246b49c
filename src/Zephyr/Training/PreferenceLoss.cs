using System.Text.Json.Serialization;
using Zephyr.Losses;

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

    /// <summary><see cref="SftLoss"/> on the chosen responses: nats per token; needs no reference. With <see cref="Sigmoid"/> it makes RPO.</summary>
    Sft,

    /// <summary><see cref="RobustDpoLoss"/>, with the options' label smoothing.</summary>
    Robust,

    /// <summary><see cref="ExoPairLoss"/>, with the options' label smoothing, which must not be 0.</summary>
    ExoPair,

    /// <summary><see cref="NcaPairLoss"/>.</summary>
    NcaPair,

    /// <summary><see cref="BcoPairLoss"/> with shift 0.</summary>
    BcoPair,

    /// <summary><see cref="SppoHardLoss"/>.</summary>
    SppoHard,

    /// <summary><see cref="AotLoss.Compute"/>, with the options' label smoothing; sorts over a batch, so the batch size matters.</summary>
    Aot,

    /// <summary><see cref="AotLoss.ComputeUnpaired"/>, with the options' label smoothing; sorts over a batch, so the batch size matters.</summary>
    AotUnpaired,

    /// <summary><see cref="ApoLoss.ComputeZero"/>.</summary>
    ApoZero,

    /// <summary><see cref="ApoLoss.ComputeDown"/>.</summary>
    ApoDown,

    /// <summary><see cref="DiscoPopLoss"/>.</summary>
    DiscoPop,

    /// <summary><see cref="NormalizedDpoLoss"/>: sigmoid on averages over the response's tokens.</summary>
    SigmoidNorm,

    /// <summary><see cref="SimPoLoss"/>; needs no reference.</summary>
    SimPo,

    /// <summary><see cref="OrpoLoss"/>, its λ being β; needs no reference.</summary>
    Orpo,
}

/// <summary>A part of the loss that a DPO run minimises.</summary>
/// <param name="Loss">Which.</param>
/// <param name="Weight">What it is multiplied by.</param>
public sealed record WeightedLoss(PreferenceLoss Loss, double Weight = 1)
{
    /// <summary>This part's own β; null is the run's. SimPO wants 2 to 2.5, ORPO's λ is 0.1. Positive.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Beta { get; init; }

    /// <summary>τ of <see cref="PreferenceLoss.DiscoPop"/>; null is the paper's 0.05. Positive.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Tau { get; init; }

    /// <summary>γ of <see cref="PreferenceLoss.SimPo"/>, the margin asked for; null is TRL's 0.5. At least 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Gamma { get; init; }

    /// <summary>Whether the loss is a function of the policy alone.</summary>
    [JsonIgnore]
    public bool IsReferenceFree => Loss is PreferenceLoss.Sft or PreferenceLoss.SimPo or PreferenceLoss.Orpo;
}
