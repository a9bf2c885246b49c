using System.Text.Json;
using Zephyr.Data;
using Zephyr.Model;
using Zephyr.Training;

namespace Zephyr.Tests.Training;

/// <summary>golden/dpo: runs of the reference trainer, followed step by step.</summary>
[Trait("Golden", "yes")]
public class GoldenDpoTests
{
    public static TheoryData<string> Cases => GoldenFiles.Cases("dpo", "steps.jsonl");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_step_follows_the_reference(string name)
    {
        var run = new GoldenRun("dpo", name);
        var lacking = run.Lacking([.. GoldenDpoSettings.Known, "reference", "precompute_ref_log_probs", "sync_ref_model", "ref_model_mixup_alpha", "ref_model_sync_steps"]);
        Assert.SkipWhen(lacking is not null, lacking ?? "");

        var policy = run.Model();
        var (pairs, heldOut) = (TokenizedPair.Truncate(run.Pairs("train.jsonl"), run.MaxLength).Rows, TokenizedPair.Truncate(run.Pairs("eval.jsonl"), run.MaxLength).Rows);
        var options = Options(run);
        var reference = Reference(run, policy, [.. pairs, .. heldOut]);
        var trainer = new DpoTrainer(policy, reference, pairs, options);
        if (run.Flag("bf16"))
        {
            run.StaysNearSinglePrecision([.. trainer.Train(TestContext.Current.CancellationToken).Select(step => step.Loss)]);
            return;
        }

        using var steps = trainer.Train(TestContext.Current.CancellationToken).GetEnumerator();
        for (var number = 1; number <= run.Steps; number++)
        {
            // The reference's token metrics are the mean of the means of the batches it accumulates over.
            var batches = DataOrder.Step(pairs.Count, null, number, run.BatchSize, run.Accumulation)
                .Select(batch => DpoEvaluation.Of(policy, reference, [.. batch.Select(pair => pairs[pair])], options)).ToList();
            Assert.True(steps.MoveNext());
            var step = steps.Current;
            var record = run.Record(step.Step);
            run.Near("loss", step.Step, record, step.Loss, 2e-5);
            run.Near("grad_norm", step.Step, record, step.GradientNorm, 0, relative: 1e-4);
            Assert.Equal(record.Get("learning_rate"), step.LearningRate, tolerance: 1e-18);
            Assert.Equal(record.Get("num_tokens"), step.Tokens);
            Assert.Equal(record.Get("epoch"), step.Epoch, tolerance: 1e-12);
            CheckNumbers(run, "", step.Step, record, batches);
            Assert.Equal(batches.Sum(batch => batch.Pairs * batch.Margin) / batches.Sum(batch => batch.Pairs), step.Margin, tolerance: 1e-5);
            run.WeightsNear(step.Step, policy);
            if (run.Flag("sync_ref_model") && step.Step % run.Settings.GetProperty("ref_model_sync_steps").GetInt32() == 0)
            {
                Assert.IsType<FrozenReference>(reference).MixIn(policy, run.Settings.Get("ref_model_mixup_alpha"));
            }

            if (run.Evaluation(step.Step) is { } evaluation)
            {
                run.BeforeEvaluation(policy);
                CheckEvaluation(run, step.Step, evaluation, policy, reference, heldOut, options);
            }
        }

        Assert.False(steps.MoveNext());
        run.AdaptersNear(run.Steps, policy);
    }

    /// <summary>The reference evaluates in batches of three: its loss weights a batch by its pairs, everything else is the mean of the batches' means.</summary>
    private static void CheckEvaluation(
        GoldenRun run, int step, JsonElement record, Mistral policy, IReference reference, IReadOnlyList<TokenizedPair> pairs, DpoOptions options)
    {
        var batches = pairs.Chunk(3).Select(batch => DpoEvaluation.Of(policy, reference, batch, options)).ToList();

        run.Near("eval_loss", step, record, batches.Sum(batch => batch.Pairs * batch.Loss) / pairs.Count, 2e-5);
        CheckNumbers(run, "eval_", step, record, batches);

        var whole = DpoEvaluation.Of(policy, reference, pairs, options);
        Assert.Equal(batches.Sum(batch => batch.Pairs * batch.Margin) / pairs.Count, whole.Margin, tolerance: 1e-5);
    }

    private static void CheckNumbers(GoldenRun run, string prefix, int step, JsonElement record, IReadOnlyList<DpoNumbers> batches)
    {
        void Near(string metric, Func<DpoNumbers, double> number, double floor) => run.Near(prefix + metric, step, record, batches.Average(number), floor);
        Near("rewards/chosen", batch => batch.ChosenReward, 1e-4);
        Near("rewards/rejected", batch => batch.RejectedReward, 1e-4);
        Near("rewards/margins", batch => batch.Margin, 1e-4);
        Near("logps/chosen", batch => batch.ChosenLogProb, 1e-3);
        Near("logps/rejected", batch => batch.RejectedLogProb, 1e-3);
        // In the first two steps policy and reference are equal but for rounding, so that a strict > may fall either way.
        if (prefix.Length > 0 || step > 2 || run.Settings.GetProperty("reference").GetString() is not ("start" or "adapters off"))
        {
            Near("rewards/accuracies", batch => batch.Accuracy, 1e-6);
        }

        Near("logits/chosen", batch => batch.ChosenLogit!.Value, 1e-4);
        Near("logits/rejected", batch => batch.RejectedLogit!.Value, 1e-4);
        Near("entropy", batch => batch.Entropy!.Value, 2e-5);
        Near("mean_token_accuracy", batch => batch.TokenAccuracy!.Value, run.AccuracyFloor(tokens: 20));
    }

    private static IReference Reference(GoldenRun run, Mistral policy, IReadOnlyList<TokenizedPair> pairs)
    {
        if (run.Settings.GetProperty("reference").GetString() == "adapters off")
        {
            using var off = policy.AdaptersOff();
            return run.Flag("precompute_ref_log_probs") ? ReferenceLogProbs.Compute(policy, pairs) : new AdaptersOffReference(policy);
        }

        var model = run.Model(run.Settings.GetProperty("reference").GetString() switch
        {
            "start" => "model",
            "other" => "other-model",
            var other => throw new InvalidDataException($"{run.Name}: reference {other}?"),
        });
        var tail = GoldenDpoSettings.Read(run.Settings).LengthDesensitization;
        return run.Flag("precompute_ref_log_probs") ? ReferenceLogProbs.Compute(model, pairs, lengthDesensitization: tail) : new FrozenReference(model, tail);
    }

    private static DpoOptions Options(GoldenRun run) => GoldenDpoSettings.Read(run.Settings) with
    {
        LearningRate = run.Rate(),
        Optimizer = run.Optimizer(),
        BatchSize = run.BatchSize,
        Accumulation = run.Accumulation,
        Steps = run.Steps,
        ClipNorm = run.ClipNorm(),
        Seed = null,
    };
}
