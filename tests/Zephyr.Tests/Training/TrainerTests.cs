using TorchSharp;
using Zephyr.Data;
using Zephyr.Model;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Training;

/// <summary>What holds of every run of either trainer.</summary>
public class TrainerTests
{
    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Fact]
    public void Gradient_norm_equals_finite_differences_of_the_loss()
    {
        var rows = SmallRuns.Rows(3);
        var options = SmallRuns.Sft with { Seed = null, Accumulation = 1, Steps = 1 };
        var step = new SftTrainer(SmallRuns.Model(dtype: ScalarType.Float64), rows, options).Train(None).Single();

        var moved = SmallRuns.Model(dtype: ScalarType.Float64);
        var square = 0.0;
        foreach (var (_, weight) in moved.named_parameters())
        {
            using var none = no_grad();
            var flat = weight.view(-1);
            for (var i = 0L; i < flat.shape[0]; i++)
            {
                double At(double by)
                {
                    flat[i].add_(by);
                    var loss = SftEvaluation.Of(moved, rows).Loss;
                    flat[i].add_(-by);
                    return loss;
                }

                var slope = (At(1e-5) - At(-1e-5)) / 2e-5;
                square += slope * slope;
            }
        }

        Assert.Equal(Math.Sqrt(square), step.GradientNorm, tolerance: 1e-7);
    }

    [Fact]
    public void Same_seed_gives_the_same_steps_and_the_same_bits()
    {
        (List<SftStep>, string, List<DpoStep>, string) Once()
        {
            var (model, policy) = (SmallRuns.Model(), SmallRuns.Model());
            var sft = SmallRuns.SftTrainer(model).Train(None).ToList();
            var dpo = SmallRuns.DpoTrainer(policy).Train(None).ToList();
            return (sft, SmallRuns.Hash(model), dpo, SmallRuns.Hash(policy));
        }

        var (first, second) = (Once(), Once());

        Assert.Equal(first.Item1, second.Item1);
        Assert.Equal(first.Item2, second.Item2);
        Assert.Equal(first.Item3, second.Item3);
        Assert.Equal(first.Item4, second.Item4);
    }

    [Fact]
    public void Dpo_begins_at_log_2_and_a_warm_up_moves_nothing_in_its_first_step()
    {
        var policy = SmallRuns.Model();
        var before = SmallRuns.Hash(policy);

        var step = SmallRuns.DpoTrainer(policy).Train(None).First();

        Assert.Equal(Math.Log(2), step.Loss, tolerance: 1e-6);
        Assert.Equal(0, step.LearningRate);
        Assert.Equal(before, SmallRuns.Hash(policy));
    }

    [Fact]
    public void Training_teaches_the_rows_and_widens_the_margins()
    {
        var sft = new SftTrainer(SmallRuns.Model(), SmallRuns.Rows(), SmallRuns.Sft with { Steps = 60, LearningRate = new() { Peak = 1e-2, Shape = RateShape.Constant } }).Train(None).ToList();
        var dpo = SmallRuns.DpoTrainer(SmallRuns.Model(), options: SmallRuns.Dpo with { Steps = 60, LearningRate = new() { Peak = 1e-2, Shape = RateShape.Constant } }).Train(None).ToList();

        Assert.True(sft[^1].Loss < 0.5 * sft[0].Loss, $"{sft[0].Loss} -> {sft[^1].Loss}");
        Assert.True(dpo[^1].Margin > 0.5, $"margin {dpo[^1].Margin}");
    }

    [Fact]
    public void Live_tensors_do_not_grow_with_steps()
    {
        using var sft = SmallRuns.SftTrainer(SmallRuns.Model(), options: SmallRuns.Sft with { Steps = 40, EvaluateEvery = 4 }).Train(None).GetEnumerator();
        using var dpo = SmallRuns.DpoTrainer(SmallRuns.Model(), options: SmallRuns.Dpo with { Steps = 40, EvaluateEvery = 4 }).Train(None).GetEnumerator();
        void Pull(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                Assert.True(sft.MoveNext() && dpo.MoveNext());
            }
        }

        Pull(10);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Pull(20);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_row_without_a_token_to_learn_is_refused_when_the_trainer_is_made()
    {
        TokenizedExample[] rows = [TokenizedExample.AllLearned([1, 2]), new([1, 2, 3], [true, false, false])];

        var error = Assert.Throws<ArgumentException>(() => new SftTrainer(SmallRuns.Model(), rows, SmallRuns.Sft));

        Assert.Contains("Row 1 of 2", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new DpoTrainer(SmallRuns.Model(), new FrozenReference(SmallRuns.Model()), [new([1], [2], [])], SmallRuns.Dpo));
    }

    [Fact]
    public void Cancelling_ends_after_the_step_under_way_and_pulling_goes_on()
    {
        var (whole, broken) = (SmallRuns.Model(), SmallRuns.Model());
        Assert.Equal(12, SmallRuns.SftTrainer(whole).Train(None).Count());

        var trainer = SmallRuns.SftTrainer(broken);
        using var stop = new CancellationTokenSource();
        foreach (var step in trainer.Train(stop.Token))
        {
            if (step.Step == 5)
            {
                stop.Cancel();
            }
        }

        Assert.Equal(5, trainer.StepsMade);
        Assert.Equal([6, 7, 8, 9, 10, 11, 12], trainer.Train(None).Select(step => step.Step));
        Assert.Equal(SmallRuns.Hash(whole), SmallRuns.Hash(broken));
    }

    [Fact]
    public void A_nan_names_the_step_the_layer_the_row_and_the_token_and_moves_nothing()
    {
        var model = SmallRuns.Model();
        var trainer = new SftTrainer(model, [new([1, 2, 3], [true, true, true]), new([4, 5, 33, 7], [true, true, true, true])], SmallRuns.Sft with { Seed = null, BatchSize = 2 });
        using (no_grad())
        {
            // Every token is zero but 33, and one layer overflows on whatever is not zero.
            model.Decoder.Embedding.Weight.zero_();
            model.Decoder.Embedding.Weight[33].fill_(1);
            model.named_parameters().Single(pair => pair.name == "model.layers.1.mlp.gate_proj.weight").parameter.fill_(3e38f);
        }

        var before = SmallRuns.Hash(model);

        var error = Assert.Throws<NotFiniteNumberException>(() => trainer.Train(None).First());

        Assert.Contains("Step 1 ", error.Message, StringComparison.Ordinal);
        Assert.Contains("model.layers.1.mlp.gate_proj, row 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("of the training set, token 2 (id 33)", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, SmallRuns.Hash(model));
    }

    [Fact]
    public void Gradients_that_overflow_are_named_by_their_own_weight_and_not_by_all_that_clipping_scaled()
    {
        // Every token is the first unit vector, whose norm is 4 (sixteen numbers). A weight of -1e38 behind a norm of 1e-37 makes a logit of -40, and the norm's
        // own gradient 4 x 1e38, past the largest fp32; what goes on from there is 1e38 x 1e-37 again.
        var model = SmallRuns.Model();
        using (no_grad())
        {
            foreach (var (name, weight) in model.named_parameters().Where(pair => !pair.name.EndsWith("norm.weight", StringComparison.Ordinal)))
            {
                weight.zero_();
            }

            model.Decoder.Embedding.Weight[.., 0].fill_(1);
            model.named_parameters().Single(pair => pair.name == "lm_head.weight").parameter[2, 0] = tensor(-1e38f);
            model.named_parameters().Single(pair => pair.name == "model.norm.weight").parameter.fill_(1e-37f);
        }

        var trainer = new SftTrainer(model, [new([1, 2], [true, true])], SmallRuns.Sft with { BatchSize = 1, Accumulation = 1 });

        var error = Assert.Throws<NotFiniteNumberException>(() => trainer.Train(None).First());

        Assert.Contains("the gradients of 1 weights are not, nearest the loss model.norm.weight", error.Message, StringComparison.Ordinal);
        Assert.Throws<NotFiniteNumberException>(() => trainer.Train(None).First()); // not torn: no weight has moved
    }

    [Fact]
    public void An_interrupt_inside_a_step_makes_the_next_pull_refuse_and_name_the_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var pairs = SmallRuns.Pairs();
        var trainer = new DpoTrainer(SmallRuns.Model(), new Interrupting(SmallRuns.Model(), atCall: 5), pairs, SmallRuns.Dpo)
        {
            Run = new RunFolder(folder.At()) { CheckpointEvery = 2 },
        };
        Assert.Throws<OperationCanceledException>(() => trainer.Train(None).ToList());

        var error = Assert.Throws<InvalidOperationException>(() => trainer.Train(None).First());

        Assert.Contains("Step 5 was interrupted", error.Message, StringComparison.Ordinal);
        Assert.Contains("step-000004", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A reference that is stopped from outside in the middle of a step.</summary>
    private sealed class Interrupting(Mistral model, int atCall) : IReference
    {
        private readonly FrozenReference _reference = new(model);
        private int _calls;

        public string Lineage => _reference.Lineage;

        public Zephyr.Losses.PairLogProbs Of(IReadOnlyList<TokenizedPair> pairs, PairBatch batch) =>
            ++_calls == atCall ? throw new OperationCanceledException() : _reference.Of(pairs, batch);
    }
}
