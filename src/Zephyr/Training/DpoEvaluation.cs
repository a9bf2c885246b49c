using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Zephyr.Data;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>What a policy makes of pairs that it is not trained on.</summary>
public sealed record DpoEvaluation : DpoNumbers
{
    /// <summary>An empty record, to be filled.</summary>
    public DpoEvaluation()
    {
    }

    [SetsRequiredMembers]
    private DpoEvaluation(DpoNumbers numbers)
        : base(numbers)
    {
    }

    /// <summary>The run's loss, mean over all pairs (not over batches).</summary>
    [JsonPropertyName("loss"), JsonPropertyOrder(-2)]
    public required double Loss { get; init; }

    /// <summary>How many pairs the means are over.</summary>
    [JsonPropertyName("pairs"), JsonPropertyOrder(-1)]
    public required int Pairs { get; init; }

    /// <summary>Evaluates a policy; nothing about it changes.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="reference">The frozen model's numbers for these pairs; null where no loss needs them.</param>
    /// <param name="pairs">The pairs, at least one.</param>
    /// <param name="options">Loss, β, batch size and padding.</param>
    /// <exception cref="ArgumentException">There are no pairs, or options and reference do not fit.</exception>
    public static DpoEvaluation Of(Mistral policy, IReference? reference, IReadOnlyList<TokenizedPair> pairs, DpoOptions options)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(options);
        options.Check(reference);
        if (pairs.Count == 0)
        {
            throw new ArgumentException("There are no pairs to evaluate on.", nameof(pairs));
        }

        using var none = no_grad();
        var (sums, losses) = (new DpoSums(tokenMetrics: true), 0.0);
        foreach (var part in pairs.Chunk(options.BatchSize))
        {
            using var scope = NewDisposeScope();
            var batch = PairBatch.Of(part, policy.Device, options.PadId);
            var scores = PairScores.Of(policy, batch, metrics: true, options.LengthDesensitization, options.PolicyWeighting);
            var (loss, rewards) = PreferenceLosses.Of(options, scores, reference?.Of(part, batch));
            var before = sums.Losses;
            sums.Add(loss, scores, rewards);
            losses += (sums.Losses - before) * part.Length;
        }

        return new(sums.Means()) { Loss = losses / pairs.Count, Pairs = pairs.Count };
    }
}
