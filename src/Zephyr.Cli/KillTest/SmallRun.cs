using System.Security.Cryptography;
using Zephyr.Data;
using Zephyr.Files;
using Zephyr.Model;
using Zephyr.Rows;
using Zephyr.Training;

namespace Zephyr.Cli.KillTest;

/// <summary>What is killed: a run of a few hundred steps on a model of a few thousand weights, with packing, accumulation, evaluation and checkpoints.</summary>
/// <param name="Folder">The run's folder.</param>
/// <param name="Trainer"><c>sft</c> or <c>dpo</c>.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="DieAt">The change to the disk, counted in this process from 1, before which the process ends itself; null for none.</param>
internal sealed record SmallRun(string Folder, string Trainer, int Steps, int? DieAt)
{
    /// <summary>What the process prints once it is about to make steps, and before the hashes of the final weights and of the step log.</summary>
    public const string Begins = "training", Ends = "weights";

    private const int Vocabulary = 40, PackedLength = 24;

    private static readonly MistralConfig Config = new()
    {
        VocabSize = Vocabulary,
        HiddenSize = 16,
        Layers = 1,
        Heads = 2,
        KvHeads = 1,
        HeadSize = 8,
        FeedForwardSize = 24,
        MaxPositions = 64,
    };

    /// <summary>Begins the run or goes on with it, to its end unless it dies.</summary>
    public int Run()
    {
        var changes = 0;
        Disk.Watcher = DieAt is null ? null : _ => DieBefore(++changes);
        var run = new RunFolder(Folder) { CheckpointEvery = Math.Clamp(Steps / 2, 1, 4), Keep = 1 };
        using var model = Mistral.Random(Config, seed: 1);
        foreach (var _ in Trainer == "sft" ? Sft(model, run) : Dpo(model, run))
        {
        }

        Console.WriteLine($"{Ends} {Lineage.HashOf(model)} log {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(run.StepLog)))}");
        return 0;
    }

    private void DieBefore(int change)
    {
        if (change == DieAt)
        {
            System.Diagnostics.Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private IEnumerable<object> Sft(Mistral model, RunFolder run)
    {
        var rows = Packing.BestFitDecreasing(Documents(90), PackedLength);
        var options = new SftOptions { LearningRate = new() { Peak = 3e-3, Shape = RateShape.Cosine, WarmupSteps = 3 }, BatchSize = 3, Accumulation = 2, Steps = Steps, EvaluateEvery = 9 };
        var trainer = new SftTrainer(model, rows, options) { Run = run, HeldOut = [.. Documents(6)] };
        trainer.Resume();
        Console.WriteLine(Begins);
        return trainer.Train();
    }

    private IEnumerable<object> Dpo(Mistral model, RunFolder run)
    {
        var random = new SplitMix(2);
        TokenizedPair[] pairs = [.. Enumerable.Range(0, 60).Select(_ => new TokenizedPair(Ids(random, 5), Ids(random, 8), Ids(random, 8)))];
        var options = new DpoOptions { LearningRate = new() { Peak = 2e-3, Shape = RateShape.Cosine, WarmupSteps = 3 }, BatchSize = 4, Accumulation = 2, Steps = Steps, EvaluateEvery = 9 };
        var trainer = new DpoTrainer(model, ReferenceLogProbs.Compute(model, pairs), pairs[..50], options) { Run = run, HeldOut = pairs[50..] };
        trainer.Resume();
        Console.WriteLine(Begins);
        return trainer.Train();
    }

    private static IEnumerable<TokenizedExample> Documents(int count)
    {
        var random = new SplitMix((ulong)count);
        return Enumerable.Range(0, count).Select(_ => TokenizedExample.AllLearned(Ids(random, 12)));
    }

    private static int[] Ids(SplitMix random, int longest) => [.. Enumerable.Range(0, 2 + random.Next(longest - 1)).Select(_ => random.Next(Vocabulary))];
}
