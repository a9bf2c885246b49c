using System.Globalization;
using System.Text.Json;
using Zephyr.Evaluation;

namespace Zephyr.Tests.Evaluation;

[Trait("Golden", "yes")]
public class AlpacaEvalTests
{
    public static TheoryData<string> Files =>
        [.. JsonDocument.Parse(File.ReadAllText(GoldenFiles.At("eval", "alpaca_eval", "win_rates.json"))).RootElement.EnumerateObject().Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Figures_of_a_whole_annotation_file_equal_the_package(string name)
    {
        var expected = Expected(name).GetProperty("all");

        var ours = AlpacaEval.Aggregate(Annotations(name));

        AssertFigures(expected, ours);
        Assert.Equal(expected.GetProperty("avg_length_exact").GetDouble(), ours.MeanLength, 1e-9);
        Assert.Equal(expected.GetProperty("avg_length").GetInt32(), (int)ours.MeanLength);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Figures_by_source_equal_the_package(string name)
    {
        if (!Expected(name).TryGetProperty("by_dataset", out var bySource))
        {
            Assert.Skip($"{name} has no figures by source.");
        }

        foreach (var source in bySource.EnumerateObject())
        {
            AssertFigures(source.Value, AlpacaEval.Aggregate([.. Annotations(name).Where(row => row.DataSet == source.Name)]));
        }
    }

    [Fact]
    public void Replies_are_exchanged_where_the_package_exchanges_them()
    {
        var cases = JsonDocument.Parse(File.ReadAllText(GoldenFiles.At("eval", "alpaca_eval", "output_order.json"))).RootElement.EnumerateArray().ToArray();
        Assert.NotEmpty(cases);
        Assert.All(cases, @case =>
        {
            var instruction = @case.GetProperty("instruction").GetString()!;
            var seed = int.Parse(@case.GetProperty("seed_text").GetString()![("is_switched_outputs" + instruction).Length..], CultureInfo.InvariantCulture);
            Assert.Equal(@case.GetProperty("switched").GetBoolean(), AlpacaEval.IsShownExchanged(instruction, seed));
        });
    }

    private static JsonElement Expected(string name) =>
        JsonDocument.Parse(File.ReadAllText(GoldenFiles.At("eval", "alpaca_eval", "win_rates.json"))).RootElement.GetProperty(name);

    private static IReadOnlyList<AlpacaAnnotation> Annotations(string name) => AlpacaEval.Read(GoldenFiles.At("eval", "alpaca_eval", $"annotations.{name}.json"));

    private static void AssertFigures(JsonElement expected, AlpacaSummary ours)
    {
        Assert.Equal(expected.GetProperty("win_rate").GetDouble(), ours.WinRate, 1e-9);
        Assert.Equal(expected.GetProperty("discrete_win_rate").GetDouble(), ours.DiscreteWinRate, 1e-9);
        Assert.Equal(expected.GetProperty("n_wins").GetInt32(), ours.Wins);
        Assert.Equal(expected.GetProperty("n_wins_base").GetInt32(), ours.BaselineWins);
        Assert.Equal(expected.GetProperty("n_draws").GetInt32(), ours.Draws);
        Assert.Equal(expected.GetProperty("n_total").GetInt32(), ours.Total);
        var error = expected.GetProperty("standard_error");
        if (error.ValueKind == JsonValueKind.Null)
        {
            Assert.Null(ours.StandardError);
        }
        else
        {
            Assert.Equal(error.GetDouble(), ours.StandardError!.Value, 1e-9);
        }
    }
}
