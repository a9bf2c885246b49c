using System.Text.Json;
using TorchSharp;
using Zephyr.Checkpoints;
using Zephyr.Data;
using Zephyr.Model;
using Zephyr.Text;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Training;

/// <summary>golden/era2023: preference runs of the released run's software (TRL 0.7.4), followed step by step on that time's own tokens and attention masks.</summary>
[Trait("Golden", "yes")]
public class Era2023DpoTests
{
    private static readonly SentencePieceBpe Tokenizer = SentencePieceBpe.Load(GoldenFiles.At("era2023", "tokenizer.model"));

    public static TheoryData<string> Runs => [.. Directory.GetDirectories(GoldenFiles.At("era2023"))
        .Where(folder => File.Exists(Path.Combine(folder, "settings.json")) && Json(folder, "settings.json").TryGetProperty("beta", out _)).Select(folder => Path.GetFileName(folder)!).Order()];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_step_follows_the_trainer_of_that_time(string name)
    {
        var settings = Json(GoldenFiles.At("era2023", name), "settings.json");
        var records = GoldenFiles.Lines("era2023", name, "steps.jsonl").ToLookup(record => record.TryGetProperty("loss", out _) ? "train" : record.TryGetProperty("eval_loss", out _) ? "eval" : "summary");
        var rows = Json(GoldenFiles.At("era2023"), "rows.json");
        var (pairs, heldOut) = (Pairs(rows.GetProperty("dpo_train"), settings), Pairs(rows.GetProperty("dpo_eval"), settings));
        var options = new DpoOptions
        {
            LearningRate = Era2023Tests.Rate(settings),
            BatchSize = settings.GetProperty("batch").GetInt32(),
            Accumulation = settings.GetProperty("accumulation").GetInt32(),
            Beta = settings.Get("beta"),
            Steps = records["train"].Count(),
            Optimizer = new() { Rule = settings.GetProperty("optimizer").GetString() == "rmsprop" ? OptimizerRule.RmsProp : OptimizerRule.AdamW },
            PadId = Tokenizer.EosId,
            Seed = null,
        };
        var policy = Mistral.Load(GoldenFiles.At("era2023", "model"));
        var reference = new FrozenReference(Mistral.Load(GoldenFiles.At("era2023", "model")));
        var evaluations = records["eval"].ToDictionary(record => record.GetProperty("step").GetInt32());
        using var steps = new DpoTrainer(policy, reference, pairs, options).Train(TestContext.Current.CancellationToken).GetEnumerator();
        foreach (var record in records["train"])
        {
            var number = record.GetProperty("step").GetInt32();
            var batches = DataOrder.Step(pairs.Count, null, number, options.BatchSize, options.Accumulation)
                .Select(batch => Batch.Of(policy, reference, [.. batch.Select(pair => pairs[pair])], options)).ToList();
            Assert.True(steps.MoveNext());
            Near(name, number, "loss", record, steps.Current.Loss, 2e-5);
            Assert.Equal(record.Get("learning_rate"), options.LearningRate.At(number + 1, options.Steps.Value), tolerance: 1e-15); // that release logs the next step's rate
            CheckNumbers(name, "", number, record, batches);
            if (evaluations.TryGetValue(number, out var evaluation))
            {
                var parts = heldOut.Chunk(4).Select(batch => Batch.Of(policy, reference, batch, options)).ToList();
                Near(name, number, "eval_loss", evaluation, parts.Sum(part => part.Numbers.Pairs * part.Numbers.Loss) / heldOut.Count, 2e-5);
                CheckNumbers(name, "eval_", number, evaluation, parts);
            }
        }

        Assert.False(steps.MoveNext());
        using var scope = NewDisposeScope();
        var expected = Safetensors.Read(GoldenFiles.At("era2023", name, $"weights-{options.Steps}.safetensors"));
        Assert.All(policy.named_parameters(), weight => Assert.True((weight.parameter - expected[weight.name]).abs().max().item<float>() < 1e-4f, weight.name));
    }

    private static void CheckNumbers(string run, string prefix, int step, JsonElement record, List<Batch> batches)
    {
        void Check(string metric, Func<Batch, double> number, double floor) => Near(run, step, prefix + metric, record, batches.Average(number), floor);
        Check("rewards/chosen", batch => batch.Numbers.ChosenReward, 1e-4);
        Check("rewards/rejected", batch => batch.Numbers.RejectedReward, 1e-4);
        Check("rewards/margins", batch => batch.Numbers.Margin, 1e-4);
        Check("logps/chosen", batch => batch.Numbers.ChosenLogProb, 1e-3);
        Check("logps/rejected", batch => batch.Numbers.RejectedLogProb, 1e-3);
        Check("logits/chosen", batch => batch.ChosenLogit, 1e-4);
        Check("logits/rejected", batch => batch.RejectedLogit, 1e-4);
        if (prefix.Length > 0 || step > 2) // in the first two steps policy and reference are equal but for rounding
        {
            Check("rewards/accuracies", batch => batch.Numbers.Accuracy, 1e-6);
        }
    }

    private static void Near(string run, int step, string metric, JsonElement record, double actual, double floor)
    {
        var expected = record.Get(metric);
        Assert.True(Math.Abs(expected - actual) <= floor, $"{run}, step {step}, {metric}: expected {expected:R}, got {actual:R}, allowed {floor:g3}");
    }

    private static List<TokenizedPair> Pairs(JsonElement rows, JsonElement settings)
    {
        var tokenization = new Tokenization(Tokenizer);
        string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
        return [.. rows.EnumerateArray().Select(row => tokenization.Separate(
            Text(row, "prompt"), Text(row, "chosen"), Text(row, "rejected"), settings.GetProperty("max_length").GetInt32(), settings.GetProperty("max_prompt_length").GetInt32()).ToPair())];
    }

    private static JsonElement Json(string folder, string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, file))).RootElement;

    /// <summary>What that release reported of a batch: its mean logits are over all positions, prompt and padding too.</summary>
    private sealed record Batch(DpoEvaluation Numbers, double ChosenLogit, double RejectedLogit)
    {
        public static Batch Of(Mistral policy, IReference reference, TokenizedPair[] pairs, DpoOptions options)
        {
            using var scope = NewDisposeScope();
            using var none = no_grad();
            var batch = PairBatch.Of(pairs, padId: options.PadId);
            var (count, ids) = (pairs.Length, batch.Ids.clone());
            // Each side was padded with its own padding token to its own longest row, and then the shorter side with id 0 to the longer one.
            foreach (var (row, longest) in new[] { (0, pairs.Max(pair => pair.Prompt.Length + pair.Chosen.Length)), (count, pairs.Max(pair => pair.Prompt.Length + pair.Rejected.Length)) })
            {
                ids.narrow(0, row, count).narrow(1, longest, ids.shape[1] - longest).fill_(0);
            }

            var logits = policy.call(ids, batch.Rows.Layout);
            return new(
                DpoEvaluation.Of(policy, reference, pairs, options with { BatchSize = count }),
                logits.narrow(0, 0, count).mean().ToDouble(),
                logits.narrow(0, count, count).mean().ToDouble());
        }
    }
}
