using Zephyr.Checkpoints;
using Zephyr.Data;
using Zephyr.Losses;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>The frozen model's log-probabilities of a data set's responses, computed once. A DPO step then costs little more than an SFT step.</summary>
public sealed class ReferenceLogProbs : IReference
{
    private readonly Dictionary<TokenizedPair, (double Chosen, double Rejected)> _known = new(ReferenceEqualityComparer.Instance);

    private ReferenceLogProbs(IReadOnlyList<TokenizedPair> pairs, double[] chosen, double[] rejected, Source source)
    {
        (Key, Lineage, LengthDesensitization) = (source.Key, source.Model, source.Tail);
        for (var pair = 0; pair < pairs.Count; pair++)
        {
            _known[pairs[pair]] = (chosen[pair], rejected[pair]);
        }
    }

    /// <summary>sha256 over the model's sizes, weights and compute type and the pairs: the name in the cache.</summary>
    public string Key { get; }

    /// <inheritdoc/>
    public double? LengthDesensitization { get; }

    /// <inheritdoc/>
    public string Lineage { get; }

    /// <summary>Runs the model over all pairs, or reads the numbers back where they were computed before.</summary>
    /// <param name="model">The frozen model; a model with adapters as it stands, so switch them off for the one that they adapt.</param>
    /// <param name="pairs">All pairs that will be asked for, training and held-out.</param>
    /// <param name="cache">Folder that keeps the numbers, a file for each <see cref="Key"/>; null keeps nothing.</param>
    /// <param name="batchSize">Pairs at a time; pairs of like length go together.</param>
    /// <param name="lengthDesensitization">How much of a response beyond the other's length is summed, as in the run's <see cref="DpoOptions.LengthDesensitization"/>; null is all.</param>
    public static ReferenceLogProbs Compute(
        Mistral model, IReadOnlyList<TokenizedPair> pairs, string? cache = null, int batchSize = 32, double? lengthDesensitization = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var source = SourceOf(model, pairs, lengthDesensitization);
        if (cache is null)
        {
            return Run(model, pairs, batchSize, source);
        }

        var file = Path.Combine(cache, $"reference-{source.Key}.safetensors");
        if (File.Exists(file))
        {
            return Read(file, pairs, source);
        }

        var computed = Run(model, pairs, batchSize, source);
        Directory.CreateDirectory(cache);
        computed.Write(file, pairs);
        return computed;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A pair is not among those computed.</exception>
    public PairLogProbs Of(IReadOnlyList<TokenizedPair> pairs, PairBatch batch)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(batch);
        var numbers = pairs.Select(Known).ToList();
        Tensor On(IEnumerable<double> values) => tensor(values.ToArray(), ScalarType.Float64, batch.Ids.device);
        return new(On(numbers.Select(number => number.Chosen)), On(numbers.Select(number => number.Rejected)));
    }

    /// <summary>The numbers of one pair, nats.</summary>
    /// <exception cref="ArgumentException">The pair is not among those computed.</exception>
    public (double Chosen, double Rejected) Known(TokenizedPair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return _known.TryGetValue(pair, out var numbers) ? numbers : throw new ArgumentException(
            $"A pair with a prompt of {pair.Prompt.Length} tokens is not among the {_known.Count} computed. Pairs are known by identity: compute over the very list that is trained on.",
            nameof(pair));
    }

    private static ReferenceLogProbs Run(Mistral model, IReadOnlyList<TokenizedPair> pairs, int batchSize, Source source)
    {
        using var none = no_grad();
        var (chosen, rejected) = (new double[pairs.Count], new double[pairs.Count]);
        var byLength = Enumerable.Range(0, pairs.Count).OrderBy(pair => pairs[pair].Prompt.Length + Math.Max(pairs[pair].Chosen.Length, pairs[pair].Rejected.Length));
        foreach (var part in byLength.Chunk(batchSize))
        {
            using var scope = NewDisposeScope();
            var scores = PairScores.Of(model, PairBatch.Of([.. part.Select(pair => pairs[pair])], model.Device), metrics: false, source.Tail).LogProbs;
            var sums = cat([scores.Chosen, scores.Rejected]).Doubles();
            for (var i = 0; i < part.Length; i++)
            {
                (chosen[part[i]], rejected[part[i]]) = (sums[i], sums[part.Length + i]);
            }
        }

        return new(pairs, chosen, rejected, source);
    }

    private static ReferenceLogProbs Read(string file, IReadOnlyList<TokenizedPair> pairs, Source source)
    {
        using var scope = NewDisposeScope();
        var numbers = Safetensors.Read(file);
        var (chosen, rejected) = (numbers["chosen"].Doubles(), numbers["rejected"].Doubles());
        return chosen.Length == pairs.Count && rejected.Length == pairs.Count
            ? new(pairs, chosen, rejected, source)
            : throw new InvalidDataException($"{file} holds {chosen.Length} pairs for a data set of {pairs.Count}: delete it, it will be computed again.");
    }

    private void Write(string file, IReadOnlyList<TokenizedPair> pairs)
    {
        using var scope = NewDisposeScope();
        Safetensors.Write(file, new Dictionary<string, Tensor>
        {
            ["chosen"] = tensor(pairs.Select(pair => _known[pair].Chosen).ToArray()),
            ["rejected"] = tensor(pairs.Select(pair => _known[pair].Rejected).ToArray()),
        });
    }

    private static Source SourceOf(Mistral model, IReadOnlyList<TokenizedPair> pairs, double? tail)
    {
        var weights = Training.Lineage.HashOf(model);
        string[] made = [weights, TrainingState.HashOf(pairs), .. tail is null ? Array.Empty<string>() : [FormattableString.Invariant($"length desensitization {tail:R}")]];
        return new(weights, Training.Lineage.HashOf(made), tail);
    }

    /// <summary>What the numbers come from.</summary>
    private sealed record Source(string Model, string Key, double? Tail);
}
