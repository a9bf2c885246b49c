using System.Text.Json.Serialization;

namespace Zephyr.Training;

/// <summary>What one optimizer step of supervised fine-tuning did, in plain numbers.</summary>
public sealed record SftStep
{
    /// <summary>The step's number, from 1.</summary>
    [JsonPropertyName("step")]
    public required int Step { get; init; }

    /// <summary>Times through the rows after this step; 1.5 is halfway through the second.</summary>
    [JsonPropertyName("epoch")]
    public required double Epoch { get; init; }

    /// <summary>Cross-entropy before the step, nats per learned token, over all the step's batches.</summary>
    [JsonPropertyName("loss")]
    public required double Loss { get; init; }

    /// <summary>The rate used; 0 in the first step of a warm-up.</summary>
    [JsonPropertyName("learning_rate")]
    public required double LearningRate { get; init; }

    /// <summary>Length of the whole gradient before clipping.</summary>
    [JsonPropertyName("grad_norm")]
    public required double GradientNorm { get; init; }

    /// <summary>Tokens read since the run began, padding not counted.</summary>
    [JsonPropertyName("num_tokens")]
    public required long Tokens { get; init; }

    /// <summary>Entropy of the predictions, nats, mean over learned tokens; null where not asked for.</summary>
    [JsonPropertyName("entropy")]
    public double? Entropy { get; init; }

    /// <summary>Share of learned tokens that were the likeliest; null where not asked for.</summary>
    [JsonPropertyName("mean_token_accuracy")]
    public double? Accuracy { get; init; }

    /// <summary>On the held-out rows after this step, where an evaluation was due.</summary>
    [JsonPropertyName("eval")]
    public SftEvaluation? HeldOut { get; init; }
}
