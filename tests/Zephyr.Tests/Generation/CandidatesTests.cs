using System.Text.Json;
using Zephyr.Generation;

namespace Zephyr.Tests.Generation;

public sealed class CandidatesTests
{
    public static TheoryData<int> GoldenLines => [.. Enumerable.Range(0, GoldenFiles.Lines("small", "sampling.jsonl").Count())];

    [Theory]
    [MemberData(nameof(GoldenLines))]
    [Trait("Golden", "yes")]
    public void Equal_the_reference_filters(int line)
    {
        var row = GoldenFiles.Lines("small", "sampling.jsonl").ElementAt(line);
        var options = Options(row.GetProperty("settings"));
        var (kept, logits, probabilities) = (Numbers(row, "kept").Select(id => (int)id).ToArray(), Numbers(row, "kept_logits"), Numbers(row, "probabilities"));

        var ours = Candidates.Of([.. Numbers(row, "logits").Select(z => (float)z)], [.. Numbers(row, "history").Select(id => (int)id)], options);

        Assert.Equal(kept.Length, ours.Ids.Length);
        if (!row.GetProperty("ties").GetBoolean())
        {
            Assert.Equal(kept, ours.Ids);
        }

        Near(logits.Order(), ours.Logits.Order().Select(z => (double)z));
        Near(probabilities.Order(), ours.Probabilities.Order());
    }

    [Fact]
    public void A_uniform_number_falls_on_each_token_in_proportion()
    {
        var candidates = Candidates.Of([MathF.Log(1), MathF.Log(2), MathF.Log(5)], [], new SamplingOptions());

        var counts = Enumerable.Range(0, 800).Select(i => candidates.At((i + 0.5) / 800)).CountBy(id => id).OrderBy(pair => pair.Key).Select(pair => pair.Value);

        Assert.Equal([100, 200, 500], counts);
        Assert.Equal(2, candidates.At(1 - 1e-17));
    }

    [Fact]
    public void Temperature_zero_takes_the_first_of_the_likeliest()
    {
        Assert.Equal([1], Candidates.Of([0, 3, 3, 1], [], SamplingOptions.Greedy).Ids);
        Assert.Equal([3], Candidates.Of([0, 3, 3, 1], [1, 2, 1], SamplingOptions.Greedy with { RepetitionPenalty = 4 }).Ids);
    }

    [Fact]
    public void A_logit_that_is_not_a_number_is_an_error()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Candidates.Of([0, float.NaN], [], new SamplingOptions()));

        Assert.Contains("token 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        foreach (var (name, options) in new (string, SamplingOptions)[]
        {
            ("Temperature", new() { Temperature = -1 }), ("TopK", new() { TopK = 0 }), ("TopP", new() { TopP = 0 }), ("MinP", new() { MinP = 2 }),
            ("RepetitionPenalty", new() { RepetitionPenalty = 0 }), ("MaxNewTokens", new() { MaxNewTokens = 0 }), ("BatchSize", new() { BatchSize = 0 }),
        })
        {
            Assert.StartsWith(name, Assert.Throws<ArgumentException>(() => options.Validated()).Message, StringComparison.Ordinal);
        }
    }

    private static SamplingOptions Options(JsonElement settings) => new()
    {
        Temperature = Number(settings, "temperature") ?? 1,
        TopK = (int?)Number(settings, "top_k"),
        TopP = Number(settings, "top_p"),
        MinP = Number(settings, "min_p"),
        RepetitionPenalty = Number(settings, "repetition_penalty") ?? 1,
    };

    private static double? Number(JsonElement settings, string name) => settings.TryGetProperty(name, out var value) ? value.GetDouble() : null;

    private static double[] Numbers(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    private static void Near(IEnumerable<double> expected, IEnumerable<double> actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * Math.Max(1, Math.Abs(pair.First))));
}
