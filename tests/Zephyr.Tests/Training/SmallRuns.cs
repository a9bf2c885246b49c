using System.Security.Cryptography;
using Zephyr.Data;
using Zephyr.Model;
using Zephyr.Rows;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Training;

/// <summary>Runs of seconds on a model of a few thousand weights, for what holds of any run.</summary>
internal static class SmallRuns
{
    public static MistralConfig Config { get; } = new()
    {
        VocabSize = 40,
        HiddenSize = 16,
        Layers = 2,
        Heads = 2,
        KvHeads = 1,
        HeadSize = 8,
        FeedForwardSize = 24,
        MaxPositions = 64,
    };

    public static SftOptions Sft { get; } = new()
    {
        LearningRate = new() { Peak = 3e-3, Shape = RateShape.Cosine, WarmupSteps = 2 },
        BatchSize = 3,
        Accumulation = 2,
        Steps = 12,
        Seed = 5,
    };

    public static DpoOptions Dpo { get; } = new()
    {
        LearningRate = new() { Peak = 2e-3, Shape = RateShape.Linear, WarmupSteps = 2 },
        BatchSize = 4,
        Steps = 12,
        Seed = 5,
    };

    public static Mistral Model(long seed = 1, ScalarType dtype = ScalarType.Float32) => Mistral.Random(Config, seed, dtype: dtype);

    /// <summary>Rows of 4 to 15 tokens; the second half of each is learned.</summary>
    public static List<TokenizedExample> Rows(int count = 20, ulong seed = 3)
    {
        var random = new SplitMix(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Ids(random, 4 + random.Next(12))).Select(ids => new TokenizedExample(ids, [.. ids.Select((_, i) => i >= ids.Length / 2)]))];
    }

    public static List<TokenizedPair> Pairs(int count = 22, ulong seed = 4)
    {
        var random = new SplitMix(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new TokenizedPair(Ids(random, 2 + random.Next(5)), Ids(random, 1 + random.Next(7)), Ids(random, 1 + random.Next(7))))];
    }

    public static SftTrainer SftTrainer(Mistral model, RunFolder? run = null, SftOptions? options = null, MemoryOptions? memory = null) =>
        new(model, Rows(), options ?? Sft) { Run = run, HeldOut = Rows(5, 9), Memory = memory ?? new() };

    public static DpoTrainer DpoTrainer(Mistral policy, RunFolder? run = null, DpoOptions? options = null, MemoryOptions? memory = null)
    {
        var (pairs, heldOut) = (Pairs(), Pairs(5, 9));
        return new(policy, ReferenceLogProbs.Compute(Model(), [.. pairs, .. heldOut]), pairs, options ?? Dpo) { Run = run, HeldOut = heldOut, Memory = memory ?? new() };
    }

    /// <summary>Makes all steps that are left.</summary>
    public static void Pull(IEnumerable<object> steps)
    {
        foreach (var _ in steps)
        {
        }
    }

    /// <summary>sha256 over all weights, to the last bit.</summary>
    public static string Hash(Mistral model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, weight) in model.named_parameters())
        {
            hash.AppendData(weight.detach().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static int[] Ids(SplitMix random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(Config.VocabSize))];
}
