using System.Text.Json.Serialization;

namespace Zephyr.Training;

/// <summary>The rule that turns gradients into changes of the weights.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OptimizerRule>))]
public enum OptimizerRule
{
    /// <summary>Adam with decoupled weight decay: what the paper names.</summary>
    AdamW,

    /// <summary>RMSprop without momentum: what the released recipe ran.</summary>
    RmsProp,
}

/// <summary>Numbers of the optimizer. The defaults are PyTorch's, which the paper did not change.</summary>
public sealed record OptimizerOptions
{
    /// <summary>AdamW in the paper; the released recipe's file says rmsprop.</summary>
    public OptimizerRule Rule { get; init; } = OptimizerRule.AdamW;

    /// <summary>AdamW: how slowly the mean of the gradients forgets, 0 to below 1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW: how slowly the mean of their squares forgets, 0 to below 1.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>RMSprop: how slowly the mean of the squares forgets, 0 to below 1.</summary>
    public double Alpha { get; init; } = 0.99;

    /// <summary>Added to the root of the mean square, so that a gradient of zero moves nothing.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>AdamW: share of a weight, times the rate, that each step takes away. Norms are not decayed. The paper: none.</summary>
    public double WeightDecay { get; init; }
}
