using System.Diagnostics;
using Zephyr.Data;
using Zephyr.Model;
using Zephyr.Rows;
using Zephyr.Runtime;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Benchmarks;

/// <summary>
/// What share of the machine's best product a dSFT step reaches: the trainer as notebooks use it, 8 rows of 256 tokens, every token learned, at
/// <see cref="MistralConfig.Bench"/>. Peak and step alternate, so that a busy neighbour hits both; medians of the rounds.
/// </summary>
internal static class SftStepRatio
{
    private const int Time = 256;
    private const int Batch = 8;
    private const int StepsARound = 6;

    public static int Run(int threads, int rounds)
    {
        var report = Startup.Start(new RuntimeOptions { Threads = threads });
        Console.WriteLine($"{report.Threads} thread(s); {string.Join("; ", report.Choices.Select(choice => $"{choice.Name}: {(choice.Taken ? "yes" : "no")}"))}");
        Console.WriteLine("| compute | peak GFLOP/s | step ms | tokens/s | share of peak |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var type in new[] { ScalarType.BFloat16, ScalarType.Float32 })
        {
            Measure(type, rounds);
        }

        return 0;
    }

    private static void Measure(ScalarType type, int rounds)
    {
        var model = Mistral.Random(MistralConfig.Bench, seed: 1);
        model.ComputeType = type;
        using var steps = new SftTrainer(model, Rows(MistralConfig.Bench.VocabSize), Options((rounds + 1) * StepsARound)).Train().GetEnumerator();
        var peak = new PeakProduct(type);
        var (peaks, seconds) = (new List<double>(), new List<double>());
        Pull(steps); // warm-up, not counted
        for (var round = 0; round < rounds; round++)
        {
            peaks.Add(peak.Measure());
            seconds.Add(Pull(steps));
        }

        var (best, step) = (Words.Median(peaks), Words.Median(seconds));
        var flops = FlopsPerToken(MistralConfig.Bench) * Batch * Time;
        Console.WriteLine($"| {type} | {best / 1e9:F0} | {step * 1e3:F0} | {Batch * Time / step:F0} | {flops / step / best:P1} |");
    }

    /// <returns>Seconds a step over one round.</returns>
    private static double Pull(IEnumerator<SftStep> steps)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < StepsARound; i++)
        {
            steps.MoveNext();
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds / StepsARound;
    }

    /// <summary>Forward and backward of every product: 6 a weight, and causal attention over half the keys.</summary>
    private static double FlopsPerToken(MistralConfig config)
    {
        var kvWidth = config.KvHeads * config.HeadSize;
        var width = config.Heads * config.HeadSize;
        var layer = (2.0 * config.HiddenSize * width) + (2.0 * config.HiddenSize * kvWidth) + (3.0 * config.HiddenSize * config.FeedForwardSize);
        var weights = (config.Layers * layer) + ((double)config.HiddenSize * config.VocabSize);
        return (6 * weights) + (config.Layers * 3 * 2 * 2 * width * (Time / 2.0));
    }

    private static TokenizedExample[] Rows(int vocab)
    {
        var random = new SplitMix(7);
        return [.. Enumerable.Range(0, 64).Select(_ => new TokenizedExample(
            [.. Enumerable.Range(0, Time).Select(_ => random.Next(vocab))], [.. Enumerable.Repeat(true, Time)]))];
    }

    private static SftOptions Options(int steps) => new()
    {
        LearningRate = new() { Peak = 1e-4, Shape = RateShape.Constant },
        BatchSize = Batch,
        Steps = steps,
        TokenMetrics = false,
    };
}
