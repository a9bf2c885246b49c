using Zephyr.Data;
using Zephyr.Model;
using Zephyr.Rows;
using Zephyr.Runtime;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Benchmarks;

/// <summary>Ratios between two kinds of step, each pair in turns in one process.</summary>
internal static class StepRatios
{
    /// <summary>Blocks run again against blocks kept: 12 layers, 8 rows of 512 tokens, fp32. Memory is the peak of a step above what rests between steps.</summary>
    public static int Checkpointing(int threads, int rounds)
    {
        Bench.Announce(threads);
        var config = MistralConfig.Bench with { Layers = 12 };
        var rows = Bench.Rows(config.VocabSize, time: 512, count: 16);
        var steps = new[] { false, true }.Select(again => Bench.Trainer(Mistral.Random(config, 1), rows, Bench.Options(), new() { RecomputeBlocks = again, LogitTokens = 512 })).ToArray();
        var peaks = steps.Select(step =>
        {
            step();
            var rest = NativeMemory.InUse ?? 0;
            return (MemoryWatch.Peak(step) - rest) / 1048576.0;
        }).ToArray();
        var seconds = Bench.InTurns(rounds, 1, steps);

        Console.WriteLine("| blocks | step ms | peak MiB above rest |");
        Console.WriteLine("| --- | --- | --- |");
        Console.WriteLine($"| kept | {seconds[0] * 1e3:F0} | {peaks[0]:F0} |");
        Console.WriteLine($"| run again | {seconds[1] * 1e3:F0} ({(seconds[1] / seconds[0]) - 1:+0 %}) | {peaks[1]:F0} ({peaks[1] / peaks[0]:0 %}) |");
        return 0;
    }

    /// <summary>A DPO step with cached reference against an SFT step over the same rows: 4 pairs, 8 rows of 256 tokens, one of them prompt.</summary>
    public static int Dpo(int threads, int rounds)
    {
        Bench.Announce(threads);
        var config = MistralConfig.Bench;
        var random = new SplitMix(7);
        int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(config.VocabSize))];
        var pairs = Enumerable.Range(0, 32).Select(_ => new TokenizedPair(Ids(1), Ids(Bench.Time - 1), Ids(Bench.Time - 1))).ToList();
        var rows = pairs.SelectMany(pair => new[] { pair.Chosen, pair.Rejected }.Select(reply => TokenizedExample.AllLearned([.. pair.Prompt, .. reply]))).ToArray();
        Mistral Model() => Mistral.Random(config, 1).In(Bench.Types[0]);
        var reference = ReferenceLogProbs.Compute(Model(), pairs);
        var dpo = new DpoTrainer(Model(), reference, pairs, new() { LearningRate = new() { Peak = 1e-6, Shape = RateShape.Constant }, BatchSize = 4, Steps = 1_000_000, TokenMetrics = false }).Train().GetEnumerator();
        var live = new DpoTrainer(Model(), new FrozenReference(Model()), pairs, new() { LearningRate = new() { Peak = 1e-6, Shape = RateShape.Constant }, BatchSize = 4, Steps = 1_000_000, TokenMetrics = false }).Train().GetEnumerator();
        var seconds = Bench.InTurns(rounds, 2, Bench.Trainer(Model(), rows, Bench.Options()), () => dpo.MoveNext(), () => live.MoveNext());

        Console.WriteLine($"| step, {Bench.Types[0]}, same rows | ms | against SFT |");
        Console.WriteLine("| --- | --- | --- |");
        foreach (var (name, step) in new[] { "SFT", "DPO, reference cached", "DPO, reference run each time" }.Zip(seconds))
        {
            Console.WriteLine($"| {name} | {step * 1e3:F0} | {step / seconds[0]:F2} |");
        }

        return 0;
    }

    /// <summary>
    /// Everything that is not arithmetic: the same step on a model of the same calls and next to no numbers (one row of 4 tokens, 32 wide). The library's own
    /// dispatch is in it, so .NET's share is smaller still: a profiler that samples by library tells it.
    /// </summary>
    public static int HostShare(int threads, int rounds)
    {
        Bench.Announce(threads);
        var small = MistralConfig.Bench with { VocabSize = 32, HiddenSize = 32, Heads = 4, KvHeads = 1, HeadSize = 8, FeedForwardSize = 32 };
        var calls = Bench.Trainer(Mistral.Random(small, 1).In(Bench.Types[0]), Bench.Rows(small.VocabSize, time: 4), Bench.Options(batch: 1));
        Bench.Seconds(calls, 60); // until the runtime has compiled its code for good
        var seconds = Bench.InTurns(
            rounds,
            4,
            Bench.Trainer(Mistral.Random(MistralConfig.Bench, 1).In(Bench.Types[0]), Bench.Rows(MistralConfig.Bench.VocabSize), Bench.Options()),
            calls);
        Console.WriteLine($"{Bench.Types[0]} step {seconds[0] * 1e3:F0} ms; the same calls on next to no numbers {seconds[1] * 1e3:F2} ms: host share at most {seconds[1] / seconds[0]:P1}");
        return 0;
    }

    private static Mistral In(this Mistral model, ScalarType compute)
    {
        model.ComputeType = compute;
        return model;
    }
}
