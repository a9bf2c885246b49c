using System.Text.Json;
using TorchSharp;
using Zephyr.Data;
using Zephyr.Losses;
using Zephyr.Model;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Training;

/// <summary>Runs with other losses than the paper's, with and without a reference.</summary>
public class PreferenceRunTests
{
    public static TheoryData<PreferenceLoss> AllLosses => [.. Enum.GetValues<PreferenceLoss>()];

    public static TheoryData<string, DpoOptions> Contradictions => new()
    {
        { "Losses is empty", Of() },
        { "Robust: LabelSmoothing is 0.5", Of(new WeightedLoss(PreferenceLoss.Robust)) with { LabelSmoothing = 0.5 } },
        { "ExoPair: LabelSmoothing is 0,", Of(new WeightedLoss(PreferenceLoss.ExoPair)) },
        { "Sigmoid: its β is -1", Of(new WeightedLoss(PreferenceLoss.Sigmoid) { Beta = -1 }) },
        { "Sigmoid: it has no τ, yet Tau is 0.05", Of(new WeightedLoss(PreferenceLoss.Sigmoid) { Tau = 0.05 }) },
        { "Hinge: it has no γ, yet Gamma is 1", Of(new WeightedLoss(PreferenceLoss.Hinge) { Gamma = 1 }) },
        { "SimPo: its γ is -0.5", Of(new WeightedLoss(PreferenceLoss.SimPo) { Gamma = -0.5 }) },
        { "Sft: its weight is NaN", Of(new WeightedLoss(PreferenceLoss.Sft, double.NaN)) },
        { "Aot: it compares sorted values", Of(new WeightedLoss(PreferenceLoss.Aot)) with { PolicyWeighting = true } },
        { "ApoZero: its equation knows reverse KL only, yet Divergence is ForwardKl", Of(new WeightedLoss(PreferenceLoss.ApoZero)) with { Divergence = Zephyr.Losses.FDivergence.ForwardKl } },
        { "LengthDesensitization is 2", Of(new WeightedLoss(PreferenceLoss.Sigmoid)) with { LengthDesensitization = 2 } },
        { "LengthDesensitization 0.5, the reference with null", Of(new WeightedLoss(PreferenceLoss.Sigmoid)) with { LengthDesensitization = 0.5 } },
    };

    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(AllLosses))]
    public void Every_loss_falls_on_the_pairs_it_is_trained_on(PreferenceLoss loss)
    {
        var (policy, pairs, part) = (SmallRuns.Model(), SmallRuns.Pairs(), new WeightedLoss(loss));
        var options = Of(part) with { LabelSmoothing = 0.1, BatchSize = 11, Seed = null };
        IReference? reference = part.IsReferenceFree ? null : new FrozenReference(SmallRuns.Model());
        var before = DpoEvaluation.Of(policy, reference, pairs, options);

        var steps = new DpoTrainer(policy, reference, pairs, options).Train(None).ToList();

        Assert.Equal(before.Loss, steps.Take(2).Average(step => step.Loss), tolerance: 1e-4); // a warm-up's first step moves nothing, and the two batches are all pairs
        Assert.True(DpoEvaluation.Of(policy, reference, pairs, options).Loss < before.Loss);
    }

    [Fact]
    public void A_run_without_a_reference_reports_beta_times_nats_per_token_as_rewards()
    {
        var (policy, pairs) = (SmallRuns.Model(), SmallRuns.Pairs(4));
        var known = ReferenceLogProbs.Compute(policy, pairs);
        var options = Of(new WeightedLoss(PreferenceLoss.SimPo) { Beta = 2, Gamma = 0.25 }, new WeightedLoss(PreferenceLoss.Sft, 0.5));

        var step = new DpoTrainer(policy, null, pairs, options with { BatchSize = 4, Seed = null }).Train(None).First();

        var rewards = pairs.Select(pair => (Chosen: 2 * known.Known(pair).Chosen / pair.Chosen.Length, Rejected: 2 * known.Known(pair).Rejected / pair.Rejected.Length)).ToList();
        var nats = -pairs.Sum(pair => known.Known(pair).Chosen) / pairs.Sum(pair => pair.Chosen.Length);
        Assert.Equal(rewards.Average(reward => reward.Chosen), step.ChosenReward, tolerance: 1e-5);
        Assert.Equal(rewards.Average(reward => reward.Rejected), step.RejectedReward, tolerance: 1e-5);
        Assert.Equal(rewards.Average(reward => reward.Chosen > reward.Rejected ? 1.0 : 0), step.Accuracy);
        Assert.Equal(rewards.Average(reward => Math.Log(1 + Math.Exp(-(reward.Chosen - reward.Rejected - 0.25)))) + (0.5 * nats), step.Loss, tolerance: 1e-5);
    }

    [Fact]
    public void A_loss_with_a_reference_refuses_to_run_without_one()
    {
        var error = Assert.Throws<ArgumentException>(() => new DpoTrainer(SmallRuns.Model(), null, SmallRuns.Pairs(), Of(new WeightedLoss(PreferenceLoss.SimPo), new WeightedLoss(PreferenceLoss.Hinge))));

        Assert.Contains("Hinge compares the policy with a reference, and the reference is null", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void Options_that_contradict_are_refused_by_name(string message, DpoOptions options)
    {
        var error = Assert.Throws<ArgumentException>(() => new DpoTrainer(SmallRuns.Model(), new FrozenReference(SmallRuns.Model()), SmallRuns.Pairs(), options));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cached_reference_sums_like_a_frozen_one_also_when_tails_count_less()
    {
        using var folder = new TemporaryFolder();
        var (model, pairs) = (SmallRuns.Model(), SmallRuns.Pairs(6));
        var batch = PairBatch.Of(pairs);
        var (plain, frozen) = (new FrozenReference(model).Of(pairs, batch), new FrozenReference(model, 0.25).Of(pairs, batch));

        foreach (var _ in Enumerable.Range(0, 2)) // computed, then read back
        {
            var cached = ReferenceLogProbs.Compute(model, pairs, folder.At(), lengthDesensitization: 0.25);
            Assert.Equal(0.25, cached.LengthDesensitization);
            Assert.True((cached.Of(pairs, batch).Chosen - frozen.Chosen).abs().max().ToDouble() < 1e-5);
            Assert.True((cached.Of(pairs, batch).Rejected - frozen.Rejected).abs().max().ToDouble() < 1e-5);
        }

        Assert.True((plain.Chosen - frozen.Chosen).abs().max().ToDouble() > 0.1);
        Assert.NotEqual(ReferenceLogProbs.Compute(model, pairs).Key, ReferenceLogProbs.Compute(model, pairs, lengthDesensitization: 0.25).Key);
    }

    [Fact]
    public void Mixing_moves_the_reference_between_itself_and_the_policy()
    {
        var (model, policy, pairs) = (SmallRuns.Model(1), SmallRuns.Model(2), SmallRuns.Pairs(3));
        var (batch, reference) = (PairBatch.Of(pairs), new FrozenReference(model));
        var before = model.named_parameters().Select(weight => weight.parameter.detach().clone()).ToList();

        reference.MixIn(policy, 0.25);

        Assert.All(before.Zip(model.parameters(), policy.parameters()), weight =>
            Assert.True(((0.25 * weight.Third) + (0.75 * weight.First) - weight.Second).abs().max().ToDouble() < 1e-6));
        reference.MixIn(policy, 1);
        Assert.Equal(0, (reference.Of(pairs, batch).Chosen - new FrozenReference(policy).Of(pairs, batch).Chosen).abs().max().ToDouble());
        Assert.Throws<ArgumentOutOfRangeException>(() => reference.MixIn(policy, 0));
        Assert.Throws<ArgumentException>(() => reference.MixIn(Mistral.Random(SmallRuns.Config with { Layers = 1 }, 1), 0.5));
    }

    [Fact]
    public void Options_that_are_not_used_leave_no_trace_in_a_checkpoint()
    {
        var json = JsonSerializer.Serialize(Of(new WeightedLoss(PreferenceLoss.Sigmoid)));

        Assert.DoesNotContain("Divergence", json, StringComparison.Ordinal);
        Assert.DoesNotContain("LengthDesensitization", json, StringComparison.Ordinal);
        Assert.DoesNotContain("PolicyWeighting", json, StringComparison.Ordinal);
        Assert.Contains("""[{"Loss":"Sigmoid","Weight":1}]""", json, StringComparison.Ordinal);
        Assert.Contains("JensenShannon", JsonSerializer.Serialize(Of(new WeightedLoss(PreferenceLoss.Sigmoid)) with { Divergence = FDivergence.JensenShannon }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_hidden_token_changes_nothing_that_comes_after_it()
    {
        using var none = no_grad();
        var (model, seen) = (SmallRuns.Model(), new[] { true, true, false, true, true });
        Tensor Logits(int hidden) => model.call(tensor([5L, 6, hidden, 7, 8]).unsqueeze(0), SftBatch.Of([TokenizedExample.AllLearned([5, 6, hidden, 7, 8]) with { Seen = seen }]).Layout);

        var (one, other) = (Logits(9), Logits(30));

        Assert.Equal(0, (one.narrow(1, 3, 2) - other.narrow(1, 3, 2)).abs().max().ToDouble());
        Assert.True((one.narrow(1, 2, 1) - other.narrow(1, 2, 1)).abs().max().ToDouble() > 1e-3);
        Assert.True((one - model.call(tensor([5L, 6, 9, 7, 8]).unsqueeze(0), null)).narrow(1, 3, 2).abs().max().ToDouble() > 1e-4);
    }

    [Fact]
    public void Marks_of_what_is_seen_must_fit_the_row()
    {
        var error = Assert.Throws<ArgumentException>(() => SftBatch.Of([TokenizedExample.AllLearned([1, 2, 3]) with { Seen = [true] }]));

        Assert.Contains("3 ids has 1 marks", error.Message, StringComparison.Ordinal);
    }

    private static DpoOptions Of(params WeightedLoss[] losses) => SmallRuns.Dpo with { Losses = losses };
}
