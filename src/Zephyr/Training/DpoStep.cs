using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Zephyr.Training;

/// <summary>What one optimizer step of direct preference optimisation did, in plain numbers; all of them before the weights moved.</summary>
public sealed record DpoStep : DpoNumbers
{
    /// <summary>An empty record, to be filled.</summary>
    public DpoStep()
    {
    }

    [SetsRequiredMembers]
    internal DpoStep(DpoNumbers numbers)
        : base(numbers)
    {
    }

    /// <summary>The step's number, from 1.</summary>
    [JsonPropertyName("step"), JsonPropertyOrder(-6)]
    public required int Step { get; init; }

    /// <summary>Times through the pairs after this step; 1.5 is halfway through the second.</summary>
    [JsonPropertyName("epoch"), JsonPropertyOrder(-5)]
    public required double Epoch { get; init; }

    /// <summary>The loss: mean over batches of the mean over pairs; log 2 for the sigmoid loss while policy and reference agree.</summary>
    [JsonPropertyName("loss"), JsonPropertyOrder(-4)]
    public required double Loss { get; init; }

    /// <summary>The rate used; 0 in the first step of a warm-up.</summary>
    [JsonPropertyName("learning_rate"), JsonPropertyOrder(-3)]
    public required double LearningRate { get; init; }

    /// <summary>Length of the whole gradient before clipping.</summary>
    [JsonPropertyName("grad_norm"), JsonPropertyOrder(-2)]
    public required double GradientNorm { get; init; }

    /// <summary>Tokens read since the run began, prompts counted with each response, padding not counted.</summary>
    [JsonPropertyName("num_tokens"), JsonPropertyOrder(-1)]
    public required long Tokens { get; init; }

    /// <summary>On the held-out pairs after this step, where an evaluation was due.</summary>
    [JsonPropertyName("eval")]
    public DpoEvaluation? HeldOut { get; init; }
}
