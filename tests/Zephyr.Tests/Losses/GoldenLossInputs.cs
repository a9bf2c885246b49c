using System.Globalization;
using System.Text.Json;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Losses;

/// <summary>One setting of golden/losses/inputs.json: chosen rows first; log-probabilities already shifted by one, so that entry t belongs to token t + 1.</summary>
internal sealed class GoldenLossInputs
{
    private static readonly Lazy<Dictionary<string, GoldenLossInputs>> All = new(() => JsonDocument.Parse(File.ReadAllText(GoldenFiles.At("losses", "inputs.json")))
        .RootElement.EnumerateObject().ToDictionary(setting => setting.Name, setting => new GoldenLossInputs(setting.Value)));

    private readonly bool[][] _isReply;

    private GoldenLossInputs(JsonElement setting)
    {
        _isReply = [.. setting.GetProperty("completion_mask").EnumerateArray().Select(row => row.EnumerateArray().Skip(1).Select(mark => mark.GetInt32() == 1).ToArray())];
        (Policy, Reference, LogSumSquares) = (OnReplies(setting.GetProperty("policy_token_logps")), OnReplies(setting.GetProperty("reference_token_logps")),
            OnReplies(setting.GetProperty("log_sum_squared_probs")));
    }

    /// <summary>log π of the replies' tokens, row after row.</summary>
    public double[] Policy { get; }

    public double[] Reference { get; }

    public double[] LogSumSquares { get; }

    /// <summary>Tokens of each reply.</summary>
    public int[] Lengths => [.. _isReply.Select(row => row.Count(mark => mark))];

    /// <summary>The row of each token, int64.</summary>
    public Tensor Rows => tensor(Lengths.SelectMany((length, row) => Enumerable.Repeat((long)row, length)).ToArray());

    public static GoldenLossInputs Named(string name) => All.Value[name];

    /// <summary>What of a table [rows, time] lies on the replies. Elsewhere the reference's stand-in model has gradients, but no tokens.</summary>
    public double[] OnReplies(JsonElement table) =>
        [.. table.EnumerateArray().Zip(_isReply).SelectMany(pair => pair.First.EnumerateArray().Zip(pair.Second).Where(cell => cell.Second).Select(cell => Number(cell.First)))];

    /// <summary>The tokens as the trainer gathers them into pairs.</summary>
    public PairScores Pairs(Tensor tokens, double? tail = null, bool weighted = false)
    {
        var scores = new TokenScores(tokens, null, null, null) { LogSumSquares = tensor(LogSumSquares, tokens.dtype) };
        return PairScores.Of(scores, Rows, Lengths[..(Lengths.Length / 2)], Lengths[(Lengths.Length / 2)..], tail, weighted);
    }

    public static double Number(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? double.Parse(value.GetString()!.Replace("inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture)
        : value.GetDouble();
}

/// <summary>How near a number must be.</summary>
internal sealed record GoldenTolerance(double Relative, double Absolute)
{
    /// <summary>golden/README.md: double 1e-10 relative; single 1e-5 relative + 1e-7, the extreme inputs 1e-4.</summary>
    public static GoldenTolerance Of(string precision, string inputs, bool referenceIsSingle) => (precision, inputs) switch
    {
        ("double", _) when !referenceIsSingle => new(1e-10, 1e-300),
        (_, "extreme") => new(1e-4, 1e-7),
        _ => new(1e-5, 1e-7),
    };

    /// <param name="what">The number's name.</param>
    /// <param name="expected">The reference's.</param>
    /// <param name="actual">Ours.</param>
    /// <param name="scale">The largest of the terms that it is a sum of: a sum that cancels carries their rounding, not its own.</param>
    public void Holds(string what, double expected, double actual, double scale = 0)
    {
        var allowed = (Relative * Math.Max(Math.Abs(expected), scale)) + Absolute;
        Assert.True(Math.Abs(expected - actual) <= allowed, $"{what}: expected {expected:R}, got {actual:R}, allowed {allowed:g3}");
    }
}
