using TorchSharp;
using Zephyr.Data;
using Zephyr.Losses;
using Zephyr.Model;
using Zephyr.Runtime;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Training;

/// <summary>What a trainer holds in memory may be chosen; what it computes may not change by it.</summary>
public class MemoryTests
{
    private static CancellationToken None => TestContext.Current.CancellationToken;

    public static TheoryData<bool, int?> Choices => new() { { true, null }, { false, 5 }, { true, 5 }, { true, 1 } };

    [Fact]
    public void Blocks_run_again_give_the_same_bits()
    {
        (List<SftStep>, string, List<DpoStep>, string) Once(bool again)
        {
            var memory = new MemoryOptions { RecomputeBlocks = again };
            var (model, policy) = (SmallRuns.Model(), SmallRuns.Model());
            var sft = SmallRuns.SftTrainer(model, memory: memory).Train(None).ToList();
            var dpo = SmallRuns.DpoTrainer(policy, memory: memory).Train(None).ToList();
            return (sft, SmallRuns.Hash(model), dpo, SmallRuns.Hash(policy));
        }

        var (plain, again) = (Once(false), Once(true));

        Assert.Equal(plain.Item1, again.Item1);
        Assert.Equal(plain.Item2, again.Item2);
        Assert.Equal(plain.Item3, again.Item3);
        Assert.Equal(plain.Item4, again.Item4);
    }

    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.BFloat16, false)]
    [InlineData(ScalarType.Float32, true)]
    public void Packed_rows_tied_heads_frozen_weights_and_bf16_give_the_same_gradients(ScalarType compute, bool tied)
    {
        TokenizedExample[] rows = [.. Packing.BestFitDecreasing(SmallRuns.Rows(9), 16)];
        Dictionary<string, Tensor> Gradients(MemoryOptions memory)
        {
            var model = Mistral.Random(SmallRuns.Config with { TieEmbeddings = tied }, 1);
            model.ComputeType = compute;
            foreach (var weight in model.Decoder.Blocks[0].parameters())
            {
                weight.requires_grad = false;
            }

            var batch = SftBatch.Of(rows);
            var scores = TokenScores.Of(model, batch, metrics: true, memory);
            scores.Differentiate(SftLoss.Compute(scores.LogProbs));
            return model.named_parameters().Where(pair => pair.parameter.grad is not null).ToDictionary(pair => pair.name, pair => pair.parameter.grad!.clone());
        }

        using var scope = NewDisposeScope();
        var plain = Gradients(new());
        var (again, chunked) = (Gradients(new() { RecomputeBlocks = true }), Gradients(new() { RecomputeBlocks = true, LogitTokens = 7 }));

        Assert.DoesNotContain(plain.Keys, name => name.StartsWith("model.layers.0.", StringComparison.Ordinal));
        Assert.Equal(plain.Keys.Order(), again.Keys.Order());
        Assert.Equal(plain.Keys.Order(), chunked.Keys.Order());
        foreach (var (name, gradient) in plain)
        {
            Assert.True(gradient.eq(again[name]).all().item<bool>(), $"{name} differs");
            var gap = ((gradient - chunked[name]).norm() / gradient.norm()).item<float>();
            Assert.True(gap <= (compute == ScalarType.Float32 ? 1e-6 : 1e-2), $"{name}: {gap:g3} of its norm away");
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void Chunked_logits_give_the_same_metrics_and_nearly_the_same_run(int atOnce)
    {
        var memory = new MemoryOptions { LogitTokens = atOnce };
        var (plain, chunked) = (SmallRuns.SftTrainer(SmallRuns.Model()).Train(None).ToList(), SmallRuns.SftTrainer(SmallRuns.Model(), memory: memory).Train(None).ToList());
        var (plainDpo, chunkedDpo) = (SmallRuns.DpoTrainer(SmallRuns.Model()).Train(None).ToList(), SmallRuns.DpoTrainer(SmallRuns.Model(), memory: memory).Train(None).ToList());

        foreach (var (a, b) in plain.Zip(chunked))
        {
            Assert.Equal(a.Loss, b.Loss, tolerance: 2e-5);
            Assert.Equal(a.Entropy!.Value, b.Entropy!.Value, tolerance: 2e-5);
            Assert.Equal(a.Accuracy!.Value, b.Accuracy!.Value, tolerance: 1e-6);
            Assert.Equal(a.GradientNorm, b.GradientNorm, tolerance: 1e-4 * a.GradientNorm);
        }

        foreach (var (a, b) in plainDpo.Zip(chunkedDpo))
        {
            Assert.Equal(a.Loss, b.Loss, tolerance: 2e-5);
            Assert.Equal(a.ChosenLogit!.Value, b.ChosenLogit!.Value, tolerance: 1e-5);
            Assert.Equal(a.RejectedLogProb, b.RejectedLogProb, tolerance: 1e-3);
        }
    }

    [Theory]
    [InlineData(2048, 32_000, 524)]
    [InlineData(2048, 4096, 2048)]
    [InlineData(100, 32_000, 100)]
    public void Logits_are_whole_while_they_fit_in_64_MiB_and_else_as_many_as_fit(int tokens, int vocab, int expected)
    {
        Assert.Equal(expected, new MemoryOptions().TokensAtOnce(tokens, vocab));
        Assert.Equal(7, new MemoryOptions { LogitTokens = 7 }.TokensAtOnce(tokens, vocab));
    }

    /// <summary>Five hundred steps: live tensors as TorchSharp counts them, bytes as the C library counts them, and the resident set.</summary>
    [Theory]
    [MemberData(nameof(Choices))]
    public void Memory_is_constant_over_five_hundred_steps_of_both_trainers(bool again, int? logits)
    {
        const int Warm = 100, Steps = 500, Parts = 10;
        var memory = new MemoryOptions { RecomputeBlocks = again, LogitTokens = logits };
        using var sft = SmallRuns.SftTrainer(SmallRuns.Model(), options: SmallRuns.Sft with { Steps = Warm + Steps, EvaluateEvery = 50, Accumulation = 1 }, memory: memory).Train(None).GetEnumerator();
        using var dpo = SmallRuns.DpoTrainer(SmallRuns.Model(), options: SmallRuns.Dpo with { Steps = Warm + Steps, EvaluateEvery = 50 }, memory: memory).Train(None).GetEnumerator();
        void Pull(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                Assert.True(sft.MoveNext() && dpo.MoveNext());
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Pull(Warm);
        var (live, resident, growths) = (DisposeScopeManager.Statistics.ThreadTotalLiveCount, NativeMemory.Resident, new List<long>());
        for (var part = 0; part < Parts; part++)
        {
            var before = NativeMemory.InUse;
            Pull(Steps / Parts);
            growths.Add(NativeMemory.InUse - before ?? 0);
        }

        // The compiler of .NET takes and gives back megabytes now and then; a leak would show in every part, the smallest tensor of all with 15,000 bytes.
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.True(growths.Order().ElementAt(Parts / 4) < 15_000, $"bytes in use grow by {string.Join(", ", growths)} every {Steps / Parts} steps of each trainer");
        Assert.True(NativeMemory.Resident - resident is null or < 32L << 20, $"{NativeMemory.Resident - resident:N0} bytes more are resident");
    }
}
