using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Benchmarks;

/// <summary>
/// What share of the machine's best product a dSFT step reaches: the trainer as notebooks use it, 8 rows of 256 tokens, every token learned, at
/// <see cref="MistralConfig.Bench"/>. Peak and step alternate, so that a busy neighbour hits both; medians of the rounds.
/// </summary>
internal static class SftStepRatio
{
    private const int StepsARound = 6;

    public static int Run(int threads, int rounds)
    {
        Bench.Announce(threads);
        Console.WriteLine("| compute | peak GFLOP/s | step ms | tokens/s | share of peak |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var type in Bench.Types)
        {
            Measure(type, rounds);
        }

        return 0;
    }

    private static void Measure(ScalarType type, int rounds)
    {
        var model = Mistral.Random(MistralConfig.Bench, seed: 1);
        model.ComputeType = type;
        var step = Bench.Trainer(model, Bench.Rows(MistralConfig.Bench.VocabSize), Bench.Options());
        var peak = new PeakProduct(type);
        var (peaks, seconds) = (new List<double>(), new List<double>());
        Bench.Seconds(step, StepsARound); // warm-up, not counted
        for (var round = 0; round < rounds; round++)
        {
            peaks.Add(peak.Measure());
            seconds.Add(Bench.Seconds(step, StepsARound));
        }

        var (best, median) = (Words.Median(peaks), Words.Median(seconds));
        var flops = Bench.FlopsPerToken(MistralConfig.Bench, Bench.Time) * Bench.Batch * Bench.Time;
        Console.WriteLine($"| {type} | {best / 1e9:F0} | {median * 1e3:F0} | {Bench.Batch * Bench.Time / median:F0} | {flops / median / best:P1} |");
    }
}
