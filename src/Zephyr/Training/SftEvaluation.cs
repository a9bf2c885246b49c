using System.Text.Json.Serialization;
using Zephyr.Data;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>How well a model predicts rows that it is not trained on.</summary>
/// <param name="Loss">Cross-entropy, nats, mean over all learned tokens (not over rows or batches).</param>
/// <param name="Entropy">Entropy of the predictions, nats, mean over learned tokens.</param>
/// <param name="Accuracy">Share of learned tokens that were the likeliest.</param>
/// <param name="LearnedTokens">How many tokens the means are over.</param>
public sealed record SftEvaluation(
    [property: JsonPropertyName("loss")] double Loss,
    [property: JsonPropertyName("entropy")] double Entropy,
    [property: JsonPropertyName("mean_token_accuracy")] double Accuracy,
    [property: JsonPropertyName("learned_tokens")] long LearnedTokens)
{
    /// <summary>Evaluates a model; nothing about it changes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The rows; at least one has a target.</param>
    /// <param name="batchSize">Rows at a time; changes nothing but memory and speed.</param>
    /// <param name="padId">The id that fills short rows.</param>
    /// <exception cref="ArgumentException">No row has a target.</exception>
    public static SftEvaluation Of(Mistral model, IReadOnlyList<TokenizedExample> rows, int batchSize = 8, int padId = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        using var none = no_grad();
        var (loss, entropy, right, learned) = (0.0, 0.0, 0.0, 0L);
        foreach (var part in rows.Chunk(batchSize))
        {
            using var scope = NewDisposeScope();
            var batch = SftBatch.Of(part, model.Device, padId);
            var scores = TokenScores.Of(model, batch, metrics: true);
            var sums = scores.Sums().Doubles();
            (loss, entropy, right, learned) = (loss + sums[0], entropy + sums[1], right + sums[2], learned + batch.Learned.Count);
        }

        return learned > 0
            ? new(loss / learned, entropy / learned, right / learned, learned)
            : throw new ArgumentException($"None of {rows.Count} rows has a token to be predicted.", nameof(rows));
    }
}
