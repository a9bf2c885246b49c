using TorchSharp;
using Zephyr.Model;
using Zephyr.Runtime;
using Zephyr.Runtime.Host;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Benchmarks;

/// <summary>The dSFT step from plain modules to everything the kit has, one technique a row, all in turns in one process.</summary>
internal static class Ladder
{
    private const int StepsARound = 2;

    private sealed record Rung(string Name, ScalarType Compute, Action Step, long PeakBytes);

    public static int Run(int threads, int rounds)
    {
        Bench.Announce(threads);
        var (config, rows) = (MistralConfig.Bench, Bench.Rows(MistralConfig.Bench.VocabSize));
        var none = new Taken(false, false, false, false, false);
        var native = Taken.All with { Managed = false };
        List<Rung> rungs =
        [
            Peer("plain modules", ScalarType.Float32),
            Kit("the kit's model and trainer, plain operations", ScalarType.Float32, none),
            Kit("+ norm in one call", ScalarType.Float32, none with { Norm = true }),
            Kit("+ embedding in one call", ScalarType.Float32, none with { Norm = true, Embedding = true }),
            Kit("+ folded attention", ScalarType.Float32, native with { AdamW = false }),
            Kit("+ AdamW in one call", ScalarType.Float32, native),
            Kit("+ managed norm", ScalarType.Float32, Taken.All),
        ];
        if (Bench.Types.Contains(ScalarType.BFloat16))
        {
            rungs.Add(Peer("plain modules, weights in bf16", ScalarType.BFloat16));
            rungs.Add(Kit("products in bf16 on fp32 weights", ScalarType.BFloat16, native));
            rungs.Add(Kit("+ managed norm, SwiGLU, rotation, attention, log-probabilities", ScalarType.BFloat16, Taken.All));
        }

        rungs.Add(Kit("+ logits in chunks of 512 tokens", Bench.Types[0], Taken.All, new() { LogitTokens = 512 }));
        rungs.Add(Kit("+ blocks run again", Bench.Types[0], Taken.All, new() { LogitTokens = 512, RecomputeBlocks = true }));
        var peaks = Bench.Types.ToDictionary(type => type, type => new PeakProduct(type));
        var best = peaks.Keys.ToDictionary(type => type, _ => new List<double>());
        var measures = peaks.Select(pair => (Action)(() => best[pair.Key].Add(pair.Value.Measure()))).ToArray();
        var seconds = Bench.InTurns(rounds, StepsARound, [.. rungs.Select(rung => rung.Step), .. measures]);

        Console.WriteLine($"best product: {string.Join(", ", best.Select(pair => $"{pair.Key} {Words.Median(pair.Value) / 1e9:F0} GFLOP/s"))}");
        Console.WriteLine();
        Console.WriteLine("| technique | step ms | tokens/s | share of peak | against plain modules | peak MiB of a step |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        var peer = ScalarType.Float32;
        foreach (var (rung, step) in rungs.Zip(seconds))
        {
            peer = rung.Compute;
            var plain = seconds[rungs.FindIndex(other => other.Compute == peer && other.Name.StartsWith("plain modules", StringComparison.Ordinal))];
            var share = Bench.FlopsPerToken(config, Bench.Time) * Bench.Batch * Bench.Time / step / Words.Median(best[rung.Compute]);
            Console.WriteLine($"| {rung.Name} | {step * 1e3:F0} | {Bench.Batch * Bench.Time / step:F0} | {share:P1} | {plain / step:F2} x | {rung.PeakBytes / 1048576.0:F0} |");
        }

        return 0;

        Rung Peer(string name, ScalarType type)
        {
            var before = NativeMemory.InUse ?? 0;
            var model = new PlainModules(config);
            model.to(type);
            var step = model.Step(rows, Bench.Batch);
            return new(name, type, step, MemoryWatch.Peak(step) - before);
        }

        Rung Kit(string name, ScalarType type, Taken taken, MemoryOptions? memory = null)
        {
            var before = NativeMemory.InUse ?? 0;
            var model = Mistral.Random(config, seed: 1);
            model.ComputeType = type;
            var inner = Bench.Trainer(model, rows, Bench.Options(), memory);
            void Step()
            {
                taken.Set();
                inner();
            }

            return new(name, type, Step, MemoryWatch.Peak(Step) - before);
        }
    }

    /// <summary>Which shortcuts a row uses. What start-up found unfit here is switched on all the same: the row is about speed.</summary>
    private sealed record Taken(bool Norm, bool Embedding, bool Attention, bool AdamW, bool Managed)
    {
        public static Taken All { get; } = new(true, true, true, true, Lanes.IsSupported);

        public void Set()
        {
            (Shortcuts.RmsNorm, Shortcuts.Embedding, Shortcuts.FoldedAttention, Shortcuts.FusedAttention, Shortcuts.AdamW) = (Norm, Embedding, Attention, Attention, AdamW);
            Shortcuts.HostNorm = Shortcuts.HostSwiGlu = Shortcuts.HostRotate = Shortcuts.HostAttention = Shortcuts.HostLogProbs = Managed;
        }
    }
}
