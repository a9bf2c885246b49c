using System.Text.Json;
using System.Xml.Linq;

namespace Zephyr.Notebooks.Tests;

public class ChartTests
{
    private const string Plotly = "application/vnd.plotly.v1+json";
    private const string Svg = "image/svg+xml";
    private const string Hostile = "<script>alert('1')</script> & \"quotes\" $x$ \u0001";

    public static TheoryData<string> Kinds => [.. Samples.Charts.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_bundle_is_plotly_svg_and_text_and_never_html(string kind)
    {
        var chart = Samples.Charts[kind]();

        Assert.NotNull(chart.Render(Plotly));
        Assert.NotNull(chart.Render(Svg));
        Assert.NotNull(chart.Render("text/plain"));
        Assert.Null(chart.Render("text/html"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Plotly_json_is_valid_and_has_data_and_an_empty_template(string kind)
    {
        using var json = JsonDocument.Parse(Samples.Charts[kind]().Render(Plotly)!);

        Assert.Equal(JsonValueKind.Array, json.RootElement.GetProperty("data").ValueKind);
        Assert.Empty(json.RootElement.GetProperty("layout").GetProperty("template").EnumerateObject());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Svg_is_well_formed_and_needs_no_styles(string kind)
    {
        var svg = XElement.Parse(Samples.Charts[kind]().Render(Svg)!);

        Assert.Equal("svg", svg.Name.LocalName);
        Assert.Empty(svg.DescendantsAndSelf().Attributes("style"));
        Assert.All(svg.Descendants().Where(e => e.Name.LocalName is "polyline" or "polygon" or "text"), shape => Assert.True(shape.Attribute("fill") is not null, shape.ToString()));
        Assert.Contains(svg.Elements(), e => e.Name.LocalName == "title");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_same_chart_is_drawn_to_the_same_bytes(string kind)
    {
        foreach (var mime in new[] { Plotly, Svg, "text/plain" })
        {
            Assert.Equal(Samples.Charts[kind]().Render(mime), Samples.Charts[kind]().Render(mime));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_chart_stays_below_40_kB(string kind)
    {
        var chart = Samples.Charts[kind]();

        Assert.InRange(chart.Render(Plotly)!.Length + chart.Render(Svg)!.Length, 1, 40_000);
    }

    [Fact]
    public void Hostile_text_stays_text_everywhere()
    {
        var chart = new Chart(Hostile, Hostile, Hostile)
            .Line(Hostile, [1.0, 2])
            .Dots(Hostile, [1.0], [1.0], [Hostile])
            .HorizontalRule(Hostile, 1)
            .Arrow(Hostile, 0, 0, 1, 1);

        var svg = XElement.Parse(chart.Render(Svg)!);
        Assert.DoesNotContain(svg.Descendants(), e => e.Name.LocalName == "script");
        Assert.Contains(svg.Descendants(), e => e.Name.LocalName == "text" && e.Value.Contains("<script>", StringComparison.Ordinal));
        Assert.DoesNotContain("<script>", chart.Render(Plotly), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_are_not_finite_are_gaps_and_the_text_counts_them()
    {
        var chart = new Chart("Loss", "step").Line("train", [1, double.NaN, double.PositiveInfinity, 4]);

        using var json = JsonDocument.Parse(chart.Render(Plotly)!);
        var y = json.RootElement.GetProperty("data")[0].GetProperty("y");
        Assert.Equal([JsonValueKind.Number, JsonValueKind.Null, JsonValueKind.Null, JsonValueKind.Number], y.EnumerateArray().Select(v => v.ValueKind));
        Assert.Contains("from 1 to 4 at step 3 (2 not finite)", chart.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void References_lie_behind_in_grey_and_take_no_accent()
    {
        var chart = new Chart("Margin").Line("ours", [1.0, 2]).Reference("published", [0, 1], [1.0, 3]).Line("other", [2.0, 1]);

        using var json = JsonDocument.Parse(chart.Render(Plotly)!);
        var data = json.RootElement.GetProperty("data");
        Assert.Equal(["published", "ours", "other"], data.EnumerateArray().Select(t => t.GetProperty("name").GetString()));
        Assert.Equal(["#8a8a8a", "#1f6fb4", "#d9680f"], data.EnumerateArray().Select(t => t.GetProperty("line").GetProperty("color").GetString()));
    }

    [Fact]
    public void Two_pictures_on_one_page_do_not_share_identifiers()
    {
        var ids = new[] { Samples.Charts["line"](), Samples.Charts["bars"]() }
            .SelectMany(chart => XElement.Parse(chart.Render(Svg)!).Descendants().Attributes("id").Select(id => id.Value));

        Assert.Distinct(ids);
    }

    [Fact]
    public void Clips_point_at_identifiers_that_exist()
    {
        var svg = XElement.Parse(Samples.Charts["line"]().Render(Svg)!);
        var ids = svg.Descendants().Attributes("id").Select(id => $"url(#{id.Value})").ToHashSet();

        Assert.All(svg.Descendants().Attributes("clip-path"), clip => Assert.Contains(clip.Value, ids));
    }

    [Theory]
    [InlineData(new[] { 0.5, 1.5, 1.6, 3.9, 4.0 }, new[] { 1, 2, 0, 2 })] // edges 0.5, 1.375, 2.25, 3.125, 4
    [InlineData(new[] { 7.0, 7.0 }, new[] { 2 })]
    public void A_histogram_counts_each_value_once(double[] values, int[] counts)
    {
        var chart = new Chart("Lengths").Histogram("tokens", values, bins: 4);

        using var json = JsonDocument.Parse(chart.Render(Plotly)!);
        Assert.Equal(counts, json.RootElement.GetProperty("data")[0].GetProperty("y").EnumerateArray().Select(v => v.GetInt32()));
    }

    [Fact]
    public void Contours_hold_the_function_at_its_place()
    {
        var chart = new Chart("Slope").Contours("x + 10 y", (x, y) => x + (10 * y), (0, 2), (0, 1), lowest: 1, step: 2, levels: 3, points: 3);

        using var json = JsonDocument.Parse(chart.Render(Plotly)!);
        var z = json.RootElement.GetProperty("data")[0].GetProperty("z");
        Assert.Equal(2 + (10 * 0.5), z[1][2].GetDouble()); // Plotly's rows are y
        Assert.Equal(5, json.RootElement.GetProperty("data")[0].GetProperty("contours").GetProperty("end").GetDouble());
    }

    [Fact]
    public void Lengths_that_differ_are_named_both()
    {
        var fault = Assert.Throws<ArgumentException>(() => new Chart("Loss").Line("train", [1, 2, 3], [0.5, 0.4]));

        Assert.Equal("\"train\" has 3 x values but 2 y values; each point needs both.", fault.Message);
    }

    [Fact]
    public void A_reward_chart_draws_the_margin_and_says_the_last_values()
    {
        var chart = new RewardChart();
        chart.Add(1, 0, 0);
        chart.Add(2, 0.25, -0.5);

        Assert.Equal(0.75, chart.LastMargin);
        Assert.Equal("Implicit rewards\n  chosen: from 0 to 0.25 at step 2\n  rejected: from 0 to -0.5 at step 2\n  margin: from 0 to 0.75 at step 2", chart.ToString());
    }

    [Fact]
    public void A_loss_chart_without_points_can_be_shown_before_training()
    {
        var chart = new LossChart();

        Assert.Contains("no points yet", chart.ToString(), StringComparison.Ordinal);
        Assert.NotNull(chart.Render(Svg));
        Assert.Equal(double.NaN, chart.Last);
    }
}
