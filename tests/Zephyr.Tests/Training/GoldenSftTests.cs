using System.Text.Json;
using Zephyr.Data;
using Zephyr.Model;
using Zephyr.Training;

namespace Zephyr.Tests.Training;

/// <summary>golden/sft: runs of the reference trainer, followed step by step.</summary>
[Trait("Golden", "yes")]
public class GoldenSftTests
{
    public static TheoryData<string> Cases => GoldenFiles.Cases("sft", "steps.jsonl");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_step_follows_the_reference(string name)
    {
        var run = new GoldenRun("sft", name);
        var lacking = run.Lacking("packing", "packing_strategy", "loss_type", "assistant_only_loss", "columns", "rows");
        Assert.SkipWhen(lacking is not null, lacking ?? "");
        var (model, rows, heldOut) = (run.Model(), Rows(run), run.Examples("eval.jsonl"));
        Assert.Equal(run.Settings.GetProperty("rows").GetInt32(), rows.Count);
        var options = Options(run);
        // The reference's chunked loss is followed in chunks here too.
        var trainer = new SftTrainer(model, rows, options) { Memory = new() { LogitTokens = run.Settings.TryGetProperty("loss_type", out var loss) && loss.GetString() == "chunked_nll" ? 48 : null } };
        if (run.Flag("bf16"))
        {
            run.StaysNearSinglePrecision([.. trainer.Train(TestContext.Current.CancellationToken).Select(step => step.Loss)]);
            return;
        }

        using var steps = trainer.Train(TestContext.Current.CancellationToken).GetEnumerator();
        for (var number = 1; number <= run.Steps; number++)
        {
            // The reference's token metrics are the mean of the means of the batches it accumulates over.
            var batches = DataOrder.Step(rows.Count, null, number, run.BatchSize, run.Accumulation).Select(batch => SftEvaluation.Of(model, [.. batch.Select(row => rows[row])])).ToList();
            Assert.True(steps.MoveNext());
            var step = steps.Current;
            var record = run.Record(step.Step);
            run.Near("loss", step.Step, record, step.Loss, 2e-5);
            run.Near("grad_norm", step.Step, record, step.GradientNorm, 0, relative: 1e-4);
            Assert.Equal(record.Get("learning_rate"), step.LearningRate, tolerance: 1e-18);
            Assert.Equal(record.Get("num_tokens"), step.Tokens);
            Assert.Equal(record.Get("epoch"), step.Epoch, tolerance: 1e-12);
            run.Near("entropy", step.Step, record, batches.Average(batch => batch.Entropy), 2e-5);
            run.Near("mean_token_accuracy", step.Step, record, batches.Average(batch => batch.Accuracy), run.AccuracyFloor(batches.Min(batch => batch.LearnedTokens)));
            Assert.Equal(batches.Sum(batch => batch.LearnedTokens * batch.Entropy) / batches.Sum(batch => batch.LearnedTokens), step.Entropy!.Value, tolerance: 1e-5);
            Assert.Equal(batches.Sum(batch => batch.LearnedTokens * batch.Accuracy) / batches.Sum(batch => batch.LearnedTokens), step.Accuracy!.Value, tolerance: 1e-6);

            run.WeightsNear(step.Step, model);
            if (run.Evaluation(step.Step) is { } evaluation)
            {
                run.BeforeEvaluation(model);
                CheckEvaluation(run, step.Step, evaluation, model, heldOut);
            }
        }

        Assert.False(steps.MoveNext());
        run.AdaptersNear(run.Steps, model);
    }

    /// <summary>The reference evaluates in batches of three: its loss weights a batch by its rows, everything else is the mean of the batches' means.</summary>
    private static void CheckEvaluation(GoldenRun run, int step, JsonElement record, Mistral model, List<TokenizedExample> rows)
    {
        var batches = rows.Chunk(3).Select(batch => (Rows: batch.Length, Result: SftEvaluation.Of(model, batch))).ToList();

        run.Near("eval_loss", step, record, batches.Sum(batch => batch.Rows * batch.Result.Loss) / rows.Count, 2e-5);
        run.Near("eval_entropy", step, record, batches.Average(batch => batch.Result.Entropy), 2e-5);
        run.Near("eval_mean_token_accuracy", step, record, batches.Average(batch => batch.Result.Accuracy), run.AccuracyFloor(batches.Min(batch => batch.Result.LearnedTokens)));

        var whole = SftEvaluation.Of(model, rows);
        Assert.Equal(batches.Sum(batch => batch.Result.LearnedTokens * batch.Result.Loss) / whole.LearnedTokens, whole.Loss, tolerance: 1e-5);
    }

    private static IReadOnlyList<TokenizedExample> Rows(GoldenRun run)
    {
        var documents = run.Examples("train.jsonl");
        if (!run.Flag("packing"))
        {
            return [.. documents.Select(document => document.First(run.MaxLength))];
        }

        var rows = run.Settings.GetProperty("packing_strategy").GetString() switch
        {
            "wrapped" => Packing.Wrapped(documents, run.MaxLength),
            "bfd" => Packing.BestFitDecreasing(documents, run.MaxLength),
            "bfd_split" => Packing.BestFitDecreasing(documents, run.MaxLength, split: true),
            var other => throw new InvalidDataException($"{run.Name}: packing {other}?"),
        };
        var expected = GoldenFiles.Lines("sft", run.Name, "packed.jsonl").ToList();
        Assert.Equal(expected.Select(row => GoldenRun.Ints(row, "input_ids")), rows.Select(row => row.Ids));
        return rows;
    }

    private static SftOptions Options(GoldenRun run) => new()
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
