using System.Text.Json;
using TorchSharp;
using Zephyr.Losses;
using static TorchSharp.torch;

namespace Zephyr.Tests.Losses;

/// <summary>golden/losses: value, gradient and metrics of each preference loss as a function of given per-token log-probabilities.</summary>
[Trait("Golden", "yes")]
public class GoldenLossTests
{
    private static readonly Dictionary<string, Inputs> AllInputs = JsonDocument.Parse(File.ReadAllText(GoldenFiles.At("losses", "inputs.json")))
        .RootElement.EnumerateObject().ToDictionary(setting => setting.Name, setting => Inputs.Read(setting.Value));

    public static TheoryData<string, int, string, string, string> Lines()
    {
        var rows = new TheoryData<string, int, string, string, string>();
        foreach (var file in new[] { "dpo.jsonl", "closed-form.jsonl", "reference-free.jsonl", "kto.jsonl" })
        {
            foreach (var (line, number) in GoldenFiles.Lines("losses", file).Select((line, index) => (line, index + 1)))
            {
                var label = line.TryGetProperty("settings", out var settings) ? settings.GetRawText() : line.GetProperty("loss_name").GetString()!;
                rows.Add(file, number, label, line.GetProperty("inputs").GetString()!, "double");
                rows.Add(file, number, label, line.GetProperty("inputs").GetString()!, "single");
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Value_gradient_and_metrics_equal_the_reference(string file, int number, string settings, string inputs, string precision)
    {
        var line = GoldenFiles.Lines("losses", file).ElementAt(number - 1);
        var loss = PairLossFor(line);
        Assert.SkipWhen(loss is null, $"The kit has no loss for {settings} yet.");
        var type = precision == "double" ? ScalarType.Float64 : ScalarType.Float32;
        var given = AllInputs[inputs];
        var policy = given.Policy.to(type).clone().requires_grad_();
        var reference = given.Reference.to(type);

        var (value, output) = loss!(given, policy, reference);
        value.backward();

        var tolerance = (precision, inputs) switch
        {
            ("double", _) => new Tolerance(1e-10, 1e-300),
            (_, "extreme") => new Tolerance(1e-4, 1e-7),
            _ => new Tolerance(1e-5, 1e-7),
        };
        tolerance.Holds("loss", Number(line.GetProperty("loss")), value.ToDouble());
        Assert.True(policy.grad!.isfinite().all().item<bool>());
        var gradient = policy.grad.to(ScalarType.Float64).data<double>().ToArray();
        var expected = line.GetProperty("gradient").EnumerateArray().SelectMany(row => row.EnumerateArray().Select(Number)).ToArray();
        Assert.Equal(expected.Length, gradient.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            tolerance.Holds($"gradient[{i}]", expected[i], gradient[i]);
        }

        CheckMetrics(line, output, given, policy, tolerance);
    }

    private static void CheckMetrics(JsonElement line, DpoOutput? output, Inputs given, Tensor policy, Tolerance tolerance)
    {
        if (output is null || !line.TryGetProperty("metrics", out var metrics))
        {
            return;
        }

        var log = given.Pair(policy);
        var ours = new Dictionary<string, double>
        {
            ["rewards/chosen"] = output.ChosenReward.mean().ToDouble(),
            ["rewards/rejected"] = output.RejectedReward.mean().ToDouble(),
            ["rewards/margins"] = output.Margin.mean().ToDouble(),
            ["rewards/accuracies"] = output.Margin.gt(0).to(ScalarType.Float64).mean().ToDouble(),
            ["logps/chosen"] = log.Chosen.mean().ToDouble(),
            ["logps/rejected"] = log.Rejected.mean().ToDouble(),
        };
        foreach (var metric in metrics.EnumerateObject())
        {
            // A mean of cancelling terms carries their rounding, not its own.
            var scale = metric.Name.StartsWith("rewards", StringComparison.Ordinal) ? output.ChosenReward.abs().max().ToDouble() : 0;
            (tolerance with { Absolute = Math.Max(tolerance.Absolute, tolerance.Relative * scale) }).Holds(metric.Name, Number(metric.Value), ours[metric.Name]);
        }
    }

    private delegate (Tensor Value, DpoOutput? Output) PairLoss(Inputs given, Tensor policy, Tensor reference);

    /// <summary>The kit's function for a line's settings; null where it has none.</summary>
    private static PairLoss? PairLossFor(JsonElement line)
    {
        if (line.TryGetProperty("loss_name", out var name))
        {
            return name.GetString() == "cdpo"
                ? Mean((policy, reference, _) => ConservativeDpoLoss.Compute(policy, reference, line.Get("beta"), line.Get("label_smoothing")))
                : null;
        }

        var settings = line.GetProperty("settings");
        var known = new[] { "beta", "loss_type", "loss_weights", "label_smoothing" };
        if (settings.EnumerateObject().Any(property => !known.Contains(property.Name)) || settings.GetProperty("loss_type").ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var beta = settings.Get("beta");
        var smoothing = settings.Get("label_smoothing", otherwise: 0);
        var parts = settings.GetProperty("loss_type").EnumerateArray().Select(kind => One(kind.GetString()!, beta, smoothing)).ToArray();
        var weights = settings.TryGetProperty("loss_weights", out var given) ? given.EnumerateArray().Select(w => w.GetDouble()).ToArray() : [.. parts.Select(_ => 1.0)];
        return parts.Contains(null) ? null : (inputs, policy, reference) =>
        {
            var results = parts.Select(part => part!(inputs, policy, reference)).ToArray();
            var sum = results.Zip(weights, (result, weight) => weight * result.Value).Aggregate((a, b) => a + b);
            return (sum, results[0].Output);
        };
    }

    private static PairLoss? One(string kind, double beta, double smoothing) => kind switch
    {
        "sigmoid" => Mean((policy, reference, _) => DpoLoss.Compute(policy, reference, beta)),
        "hinge" => Mean((policy, reference, _) => HingeLoss.Compute(policy, reference, beta)),
        "ipo" => Mean((policy, reference, lengths) => IpoLoss.Compute(policy, reference, lengths, beta)),
        "robust" when smoothing == 0 => Mean((policy, reference, _) => DpoLoss.Compute(policy, reference, beta)),
        "sft" => (given, policy, reference) => (SftLoss.Compute(given.ChosenTokens(policy)),
            DpoLoss.Compute(given.Pair(policy), given.Pair(reference), beta)), // its rewards are those of the pair all the same
        _ => null,
    };

    private static PairLoss Mean(Func<PairLogProbs, PairLogProbs, PairLengths, DpoOutput> loss) => (given, policy, reference) =>
    {
        var output = loss(given.Pair(policy), given.Pair(reference), given.Lengths(policy.dtype));
        return (output.Loss.mean(), output);
    };

    private static double Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? double.Parse(value.GetString()!.Replace("inf", "Infinity", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture) : value.GetDouble();

    private sealed record Tolerance(double Relative, double Absolute)
    {
        public void Holds(string what, double expected, double actual) =>
            Assert.True(Math.Abs(expected - actual) <= (Relative * Math.Abs(expected)) + Absolute, $"{what}: expected {expected:R}, got {actual:R}");
    }

    /// <summary>One setting of inputs.json: chosen rows first, per-token values already shifted by one.</summary>
    private sealed record Inputs(Tensor Policy, Tensor Reference, Tensor Completion)
    {
        private long Pairs => Policy.shape[0] / 2;

        public static Inputs Read(JsonElement setting) =>
            new(Rows(setting, "policy_token_logps"), Rows(setting, "reference_token_logps"), Rows(setting, "completion_mask"));

        public PairLogProbs Pair(Tensor tokens) => new(tokens.sum(1).narrow(0, 0, Pairs), tokens.sum(1).narrow(0, Pairs, Pairs));

        public PairLengths Lengths(ScalarType type)
        {
            var lengths = Completion.sum(1).to(type);
            return new(lengths.narrow(0, 0, Pairs), lengths.narrow(0, Pairs, Pairs));
        }

        public Tensor ChosenTokens(Tensor tokens) =>
            tokens.narrow(0, 0, Pairs).masked_select(Completion.narrow(0, 0, Pairs).narrow(1, 1, Completion.shape[1] - 1).gt(0));

        private static Tensor Rows(JsonElement setting, string name)
        {
            var rows = setting.GetProperty(name).EnumerateArray().Select(row => row.EnumerateArray().Select(Number).ToArray()).ToArray();
            return tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length], ScalarType.Float64);
        }
    }
}
