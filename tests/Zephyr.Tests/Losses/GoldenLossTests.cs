using System.Text.Json;
using TorchSharp;
using Zephyr.Losses;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Losses;

/// <summary>golden/losses: value, gradient and metrics of each preference loss as a function of given per-token log-probabilities, by the trainer's own way.</summary>
[Trait("Golden", "yes")]
public class GoldenLossTests
{
    public static TheoryData<int, string, string, string> DpoLines => Lines("dpo.jsonl");

    public static TheoryData<int, string, string, string> ClosedFormLines => Lines("closed-form.jsonl");

    public static TheoryData<int, string, string, string> ReferenceFreeLines => Lines("reference-free.jsonl");

    public static TheoryData<int, string, string, string> KtoLines => Lines("kto.jsonl");

    [Theory]
    [MemberData(nameof(DpoLines))]
    public void Losses_with_a_reference_equal_the_reference_trainer(int number, string label, string inputs, string precision)
    {
        var line = Line("dpo.jsonl", number);
        var settings = line.GetProperty("settings");
        var unknown = settings.EnumerateObject().Select(setting => setting.Name).Except(GoldenDpoSettings.Known).ToList();
        Assert.SkipWhen(unknown.Count > 0, $"{label} sets {string.Join(", ", unknown)}, which the kit does not have.");
        var options = GoldenDpoSettings.Read(settings);
        // The reference computes the alpha-divergence in single precision whatever it is given.
        var tolerance = GoldenTolerance.Of(precision, inputs, referenceIsSingle: options.Divergence?.Kind == DivergenceKind.Alpha);

        var (given, policy) = Policy(inputs, precision);
        var scores = given.Pairs(policy, options.LengthDesensitization, options.PolicyWeighting);
        var reference = given.Pairs(tensor(given.Reference, policy.dtype), options.LengthDesensitization).LogProbs;
        options.Check(new Frozen(options.LengthDesensitization));
        var (loss, rewards) = PreferenceLosses.Of(options, scores, reference);
        if (precision == "double")
        {
            loss += ExoRounding(options, scores, reference);
        }

        CheckLossAndGradient(line, given, loss, policy, tolerance);
        var sums = new DpoSums(tokenMetrics: false);
        sums.Add(loss, scores, rewards);
        var (means, scale) = (sums.Means(), Math.Max(rewards.ChosenReward.abs().max().ToDouble(), rewards.RejectedReward.abs().max().ToDouble()));
        var ours = new Dictionary<string, double>
        {
            ["rewards/chosen"] = means.ChosenReward,
            ["rewards/rejected"] = means.RejectedReward,
            ["rewards/margins"] = means.Margin,
            ["rewards/accuracies"] = means.Accuracy,
            ["logps/chosen"] = means.ChosenLogProb,
            ["logps/rejected"] = means.RejectedLogProb,
        };
        foreach (var metric in line.GetProperty("metrics").EnumerateObject())
        {
            tolerance.Holds(metric.Name, metric.Value.GetDouble(), ours[metric.Name], scale);
        }
    }

    [Theory]
    [MemberData(nameof(ClosedFormLines))]
    public void Conservative_loss_equals_its_closed_form(int number, string label, string inputs, string precision)
    {
        var line = Line("closed-form.jsonl", number);
        Assert.SkipUnless(label == "cdpo", $"The kit has no loss {label}.");
        var (given, policy) = Policy(inputs, precision);

        var loss = ConservativeDpoLoss.Compute(
            given.Pairs(policy).LogProbs, given.Pairs(tensor(given.Reference, policy.dtype)).LogProbs, line.Get("beta"), line.Get("label_smoothing")).Loss.mean();

        CheckLossAndGradient(line, given, loss, policy, GoldenTolerance.Of(precision, inputs, referenceIsSingle: false));
    }

    [Theory]
    [MemberData(nameof(ReferenceFreeLines))]
    public void Losses_without_a_reference_equal_the_reference_trainer(int number, string label, string inputs, string precision)
    {
        var line = Line("reference-free.jsonl", number);
        Assert.SkipUnless(label is "simpo" or "orpo", $"The kit has no loss {label}.");
        // The reference casts ORPO's averages to single precision.
        var tolerance = GoldenTolerance.Of(precision, inputs, referenceIsSingle: label == "orpo");
        var part = label == "simpo"
            ? new WeightedLoss(PreferenceLoss.SimPo) { Beta = line.Get("beta"), Gamma = line.Get("gamma") }
            : new WeightedLoss(PreferenceLoss.Orpo) { Beta = line.Get("beta") };
        var (given, policy) = Policy(inputs, precision);
        var scores = given.Pairs(policy);

        var (loss, rewards) = PreferenceLosses.Of(new() { LearningRate = new() { Peak = 0, Shape = RateShape.Constant }, BatchSize = 1, Losses = [part] }, scores, reference: null);

        CheckLossAndGradient(line, given, loss, policy, tolerance);
        void All(string name, Tensor ours)
        {
            Assert.Equal(line.GetProperty(name).GetArrayLength(), ours.shape[0]);
            Assert.All(line.GetProperty(name).EnumerateArray().Zip(Doubles(ours)), pair => tolerance.Holds(name, pair.First.GetDouble(), pair.Second));
        }

        if (label == "simpo")
        {
            All("losses", SimPoLoss.Compute(scores.LogProbs, scores.Lengths, part.Beta!.Value, part.Gamma!.Value).Loss);
            All("rewards_chosen", rewards.ChosenReward);
            All("rewards_rejected", rewards.RejectedReward);
            return;
        }

        var odds = OrpoLoss.LogOddsRatio(scores.LogProbs, scores.Lengths);
        tolerance.Holds("nll", line.Get("nll"), SftLoss.Compute(scores.ChosenTokenLogProbs).ToDouble());
        tolerance.Holds("log_odds_mean", line.Get("log_odds_mean"), odds.mean().ToDouble(), odds.abs().max().ToDouble());
        tolerance.Holds("log_sigmoid_mean", line.Get("log_sigmoid_mean"), nn.functional.logsigmoid(odds).mean().ToDouble());
    }

    [Theory]
    [MemberData(nameof(KtoLines))]
    public void Losses_on_single_responses_equal_the_reference_trainer(int number, string label, string inputs, string precision)
    {
        var line = Line("kto.jsonl", number);
        var settings = line.GetProperty("settings");
        var kind = settings.GetProperty("loss_type").GetString();
        var unknown = settings.EnumerateObject().Select(setting => setting.Name).Except(["beta", "loss_type", "desirable_weight", "undesirable_weight"]).ToList();
        Assert.SkipWhen(unknown.Count > 0 || kind is not ("kto" or "apo_zero_unpaired"), $"{label}: the kit does not have it.");
        var tolerance = GoldenTolerance.Of(precision, inputs, referenceIsSingle: false);
        var (given, policy) = Policy(inputs, precision);
        Tensor Sums(GoldenLossInputs setting, Tensor tokens) => SequenceLogProbs.Sum(tokens, setting.Rows, setting.Lengths.Length);
        bool[] labels = [.. line.GetProperty("label").EnumerateArray().Select(mark => mark.GetBoolean())];

        var (point, isApo) = (zeros([], policy.dtype), kind == "apo_zero_unpaired");
        if (line.GetProperty("kl_inputs").GetString() is { } named)
        {
            var others = GoldenLossInputs.Named(named);
            point = KtoLoss.ReferencePoint(Sums(others, tensor(others.Policy, policy.dtype)), Sums(others, tensor(others.Reference, policy.dtype)));
        }

        var logProbs = Sums(given, policy);
        var reference = Sums(given, tensor(given.Reference, policy.dtype));
        var (beta, good, bad) = (settings.Get("beta"), settings.Get("desirable_weight", otherwise: 1), settings.Get("undesirable_weight", otherwise: 1));
        var output = isApo
            ? KtoLoss.ComputeApoZero(logProbs, reference, tensor(labels), beta, good, bad)
            : KtoLoss.Compute(logProbs, reference, tensor(labels), point, beta, good, bad);

        CheckLossAndGradient(line, given, output.Loss.mean(), policy, tolerance);
        double Mean(Tensor values, bool good) => Doubles(values).Zip(labels).Where(pair => pair.Second == good).Select(pair => pair.First).DefaultIfEmpty(double.NaN).Average();
        var (rewards, scale) = (output.Reward, output.Reward.abs().max().ToDouble());
        var ours = new Dictionary<string, double>
        {
            ["kl"] = point.ToDouble(),
            ["rewards/chosen"] = Mean(rewards, true),
            ["rewards/rejected"] = Mean(rewards, false),
            ["rewards/margins"] = Mean(rewards, true) - Mean(rewards, false),
            ["logps/chosen"] = Mean(logProbs, true),
            ["logps/rejected"] = Mean(logProbs, false),
        };
        foreach (var metric in line.GetProperty("metrics").EnumerateObject())
        {
            tolerance.Holds(metric.Name, metric.Value.GetDouble(), ours[metric.Name], scale);
        }
    }

    private static void CheckLossAndGradient(JsonElement line, GoldenLossInputs given, Tensor loss, Tensor policy, GoldenTolerance tolerance)
    {
        loss.backward();
        tolerance.Holds("loss", GoldenLossInputs.Number(line.GetProperty("loss")), loss.ToDouble());
        var (expected, gradient) = (given.OnReplies(line.GetProperty("gradient")), Doubles(policy.grad!));
        Assert.Equal(expected.Length, gradient.Length);
        Assert.All(gradient, value => Assert.True(double.IsFinite(value), $"gradient {value}"));
        for (var token = 0; token < expected.Length; token++)
        {
            tolerance.Holds($"gradient of token {token}", expected[token], gradient[token]);
        }
    }

    /// <summary>The reference keeps EXO's log(1 − ε) and log ε in single precision, also where all else is in double: what that adds to the loss.</summary>
    private static Tensor ExoRounding(DpoOptions options, PairScores policy, PairLogProbs reference)
    {
        var sum = zeros([], ScalarType.Float64);
        foreach (var part in options.Losses.Where(part => part.Loss == PreferenceLoss.ExoPair))
        {
            var epsilon = (double)(float)options.LabelSmoothing;
            var (off, offOther) = (
                (float)Math.Log(1 - epsilon) - Math.Log(1 - options.LabelSmoothing),
                (float)Math.Log(epsilon) - Math.Log(options.LabelSmoothing));
            Tensor Score(Tensor ratio) => options.Divergence?.Score(ratio) ?? ratio;
            var gap = Score(policy.LogProbs.Chosen - reference.Chosen) - Score(policy.LogProbs.Rejected - reference.Rejected);
            var margin = options.Beta * gap;
            sum -= part.Weight * (((margin.sigmoid() * off) + ((-margin).sigmoid() * offOther)) * (policy.Weights ?? ones([], ScalarType.Float64))).mean();
        }

        return sum;
    }

    private static (GoldenLossInputs Given, Tensor Policy) Policy(string inputs, string precision)
    {
        var given = GoldenLossInputs.Named(inputs);
        return (given, tensor(given.Policy, precision == "double" ? ScalarType.Float64 : ScalarType.Float32).requires_grad_());
    }

    private static double[] Doubles(Tensor values) => values.detach().to(ScalarType.Float64).data<double>().ToArray();

    private static JsonElement Line(string file, int number) => GoldenFiles.Lines("losses", file).ElementAt(number - 1);

    private static TheoryData<int, string, string, string> Lines(string file)
    {
        var rows = new TheoryData<int, string, string, string>();
        foreach (var (index, line) in GoldenFiles.Lines("losses", file).Index())
        {
            var label = line.TryGetProperty("settings", out var settings) ? settings.GetRawText() : line.GetProperty("loss_name").GetString()!;
            rows.Add(index + 1, label, line.GetProperty("inputs").GetString()!, "double");
            rows.Add(index + 1, label, line.GetProperty("inputs").GetString()!, "single");
        }

        return rows;
    }

    /// <summary>A reference of which only the way of summing is asked.</summary>
    private sealed class Frozen(double? lengthDesensitization) : IReference
    {
        public string Lineage => "given numbers";

        public double? LengthDesensitization => lengthDesensitization;

        public PairLogProbs Of(IReadOnlyList<Zephyr.Data.TokenizedPair> pairs, Zephyr.Data.PairBatch batch) => throw new InvalidOperationException("No model stands behind these numbers.");
    }
}
