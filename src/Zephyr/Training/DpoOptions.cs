using System.Text.Json.Serialization;
using Zephyr.Losses;

namespace Zephyr.Training;

/// <summary>Numbers of a direct preference optimisation run.</summary>
public sealed record DpoOptions
{
    /// <summary>The rate of every step. The paper: linear, peak 5e-7, 10 % warm-up.</summary>
    public required LearningRate LearningRate { get; init; }

    /// <summary>Pairs a batch. The paper: 32 over all devices.</summary>
    public required int BatchSize { get; init; }

    /// <summary>How strongly to stay near the reference. The paper: 0.1.</summary>
    public double Beta { get; init; } = 0.1;

    /// <summary>What is minimised: a weighted sum. The paper: the sigmoid loss alone.</summary>
    public IReadOnlyList<WeightedLoss> Losses { get; init; } = [new(PreferenceLoss.Sigmoid)];

    /// <summary>
    /// The share of pairs taken to be labelled the wrong way round, from 0 to below 0.5: for <see cref="PreferenceLoss.Conservative"/>,
    /// <see cref="PreferenceLoss.Robust"/>, <see cref="PreferenceLoss.Aot"/> and <see cref="PreferenceLoss.AotUnpaired"/>, and above 0 for <see cref="PreferenceLoss.ExoPair"/>.
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <summary>What keeps the policy near the reference; null is the paper's reverse KL. The optimal-transport losses and APO-zero know no other, and a run that gives them one is refused.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FDivergence? Divergence { get; init; }

    /// <summary>LD-DPO: what a response has beyond the other's length counts this much, from 0 to 1; null is 1. The reference must be summed alike. The LD-DPO paper: 0.3 to 0.6.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LengthDesensitization { get; init; }

    /// <summary>WPO: weighs each pair by how likely the policy is to write it, see <see cref="PolicyWeights"/>. Not with losses that sort over a batch.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool PolicyWeighting { get; init; }

    /// <summary>Batches whose gradients are averaged before the weights move: the loss is the mean over batches of the mean over pairs.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Times through the pairs; the paper's final model: 3. Not used where <see cref="Steps"/> is given.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>Optimizer steps; null is what <see cref="Epochs"/> make.</summary>
    public int? Steps { get; init; }

    /// <summary>The optimizer. The paper: AdamW, no weight decay; the released recipe: RMSprop.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>Gradients longer than this are shortened to it; null leaves them. The reference trainers' default: 1.</summary>
    public double? ClipNorm { get; init; } = 1;

    /// <summary>Order of the pairs: a fresh shuffle every epoch from this seed; null keeps the order given.</summary>
    public long? Seed { get; init; } = 42;

    /// <summary>The id that fills short rows. Never a target.</summary>
    public int PadId { get; init; }

    /// <summary>Steps between evaluations on the held-out pairs, and one after the last step; null is only that one.</summary>
    public int? EvaluateEvery { get; init; }

    /// <summary>Also report entropy, accuracy and mean logits of the responses' tokens; costs one more pass over the logits.</summary>
    public bool TokenMetrics { get; init; } = true;
}
