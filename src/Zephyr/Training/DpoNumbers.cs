using System.Text.Json.Serialization;

namespace Zephyr.Training;


/// <summary>What a policy makes of pairs, as means over pairs (rewards, log-probabilities) and over responses' tokens (the rest).</summary>
public record DpoNumbers
{
    /// <summary>β(log π − log π_ref) of the chosen responses.</summary>
    [JsonPropertyName("rewards/chosen")]
    public required double ChosenReward { get; init; }

    /// <summary>β(log π − log π_ref) of the rejected responses.</summary>
    [JsonPropertyName("rewards/rejected")]
    public required double RejectedReward { get; init; }

    /// <summary>Share of pairs whose chosen reward is the higher (strictly).</summary>
    [JsonPropertyName("rewards/accuracies")]
    public required double Accuracy { get; init; }

    /// <summary>Chosen reward minus rejected reward.</summary>
    [JsonPropertyName("rewards/margins")]
    public required double Margin { get; init; }

    /// <summary>log π of the chosen responses, summed over tokens, nats.</summary>
    [JsonPropertyName("logps/chosen")]
    public required double ChosenLogProb { get; init; }

    /// <summary>log π of the rejected responses, summed over tokens, nats.</summary>
    [JsonPropertyName("logps/rejected")]
    public required double RejectedLogProb { get; init; }

    /// <summary>Mean logit over the vocabulary and the chosen responses' tokens; null where not asked for.</summary>
    [JsonPropertyName("logits/chosen")]
    public double? ChosenLogit { get; init; }

    /// <summary>Mean logit over the vocabulary and the rejected responses' tokens; null where not asked for.</summary>
    [JsonPropertyName("logits/rejected")]
    public double? RejectedLogit { get; init; }

    /// <summary>Entropy of the predictions over all responses' tokens, nats; null where not asked for.</summary>
    [JsonPropertyName("entropy")]
    public double? Entropy { get; init; }

    /// <summary>Share of the chosen responses' tokens that were the likeliest; null where not asked for.</summary>
    [JsonPropertyName("mean_token_accuracy")]
    public double? TokenAccuracy { get; init; }
}
