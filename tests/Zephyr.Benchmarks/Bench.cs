using System.Diagnostics;
using Zephyr.Data;
using Zephyr.Model;
using Zephyr.Recipe;
using Zephyr.Rows;
using Zephyr.Runtime;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Benchmarks;

/// <summary>What the training benchmarks have in common: 8 rows of 256 tokens, every token learned, <see cref="MistralConfig.Bench"/>.</summary>
internal static class Bench
{
    public const int Time = 256, Batch = 8;

    /// <summary>The types worth measuring here: bf16 is left out where the processor only imitates it, as a step would take minutes.</summary>
    public static ScalarType[] Types => ProductProbe.TrainingType == ScalarType.BFloat16 ? [ScalarType.BFloat16, ScalarType.Float32] : [ScalarType.Float32];

    public static void Announce(int threads)
    {
        var report = Startup.Start(new RuntimeOptions { Threads = threads });
        if (!Types.Contains(ScalarType.BFloat16))
        {
            Console.WriteLine("bf16 is not faster than fp32 on this processor: its rows are left out.");
        }

        Console.WriteLine($"{report.Threads} thread(s); {string.Join("; ", report.Choices.Select(choice => $"{choice.Name}: {(choice.Taken ? "yes" : "no")}"))}");
        Console.WriteLine();
    }

    /// <summary>Forward and backward of every product: 6 a weight, and causal attention over half the keys.</summary>
    public static double FlopsPerToken(MistralConfig config, int time)
    {
        var (width, kvWidth) = (config.Heads * config.HeadSize, config.KvHeads * config.HeadSize);
        var layer = (2.0 * config.HiddenSize * width) + (2.0 * config.HiddenSize * kvWidth) + (3.0 * config.HiddenSize * config.FeedForwardSize);
        var weights = (config.Layers * layer) + ((double)config.HiddenSize * config.VocabSize);
        return (6 * weights) + (config.Layers * 3 * 2 * 2 * width * (time / 2.0));
    }

    public static TokenizedExample[] Rows(int vocab, int time = Time, int count = 64)
    {
        var random = new SplitMix(7);
        return [.. Enumerable.Range(0, count).Select(_ => TokenizedExample.AllLearned([.. Enumerable.Range(0, time).Select(_ => random.Next(vocab))]))];
    }

    public static SftOptions Options(int batch = Batch) => new()
    {
        LearningRate = new() { Peak = 1e-4, Shape = RateShape.Constant },
        BatchSize = batch,
        Steps = 1_000_000,
        TokenMetrics = false,
    };

    /// <returns>Seconds a call.</returns>
    public static double Seconds(Action step, int times)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            step();
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds / times;
    }

    /// <summary>Times several subjects in turns, so that a busy neighbour hits all alike.</summary>
    /// <returns>The median of each one's rounds, seconds a step.</returns>
    public static double[] InTurns(int rounds, int stepsARound, params Action[] subjects)
    {
        var seconds = subjects.Select(_ => new List<double>()).ToArray();
        foreach (var subject in subjects)
        {
            subject(); // warm-up, not counted
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < subjects.Length; i++)
            {
                seconds[i].Add(Seconds(subjects[i], stepsARound));
            }
        }

        return [.. seconds.Select(Words.Median)];
    }

    /// <summary>A step of the trainer as notebooks use it.</summary>
    public static Action Trainer(Mistral model, TokenizedExample[] rows, SftOptions options, MemoryOptions? memory = null)
    {
        var steps = new SftTrainer(model, rows, options) { Memory = memory ?? new() }.Train().GetEnumerator();
        return () => steps.MoveNext();
    }
}
