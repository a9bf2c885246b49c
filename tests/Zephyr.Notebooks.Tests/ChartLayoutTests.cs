using System.Globalization;
using System.Xml.Linq;

namespace Zephyr.Notebooks.Tests;

/// <summary>That nothing in a still picture lies on something else, measured on the picture.</summary>
public class ChartLayoutTests
{
    private const string Svg = "image/svg+xml";
    private const string Plotly = "application/vnd.plotly.v1+json";

    [Fact]
    public void A_legend_may_use_the_width_of_the_picture_whatever_its_font()
    {
        var svg = XElement.Parse(new Chart("Memory").Line("MHA", [1, 2]).Line("GQA + window", [1, 1]).Size(720, 400).Render(Svg)!);
        var group = svg.Descendants().Single(e => e.Name.LocalName == "text" && e.Value == "GQA + window").Parent!;
        var clip = svg.Descendants().Single(e => e.Attribute("id")?.Value is { } id && group.Attribute("clip-path")?.Value == $"url(#{id})");

        Assert.Equal("720", clip.Elements().Single().Attribute("width")?.Value);
        Assert.Equal("0", clip.Elements().Single().Attribute("x")?.Value);
    }

    [Theory]
    [InlineData(6, true)]
    [InlineData(26, false)]
    public void A_matrix_shows_its_numbers_only_where_they_fit(int columns, bool shown)
    {
        var values = new double[2, columns];
        values[0, 0] = -1.06;
        var chart = new Chart("Change", "token", "snapshot").HeatMap("change", values, ["step 31", "step 62"], [.. Enumerable.Range(0, columns).Select(i => $"{i} personal")]).Size(820, 250);
        var texts = XElement.Parse(chart.Render(Svg)!).Descendants().Where(e => e.Name.LocalName == "text").ToArray();

        Assert.Equal(shown, texts.Any(text => text.Value == "-1.06"));
        Assert.Equal(shown, chart.Render(Plotly)!.Contains("%{z}", StringComparison.Ordinal));
        var names = texts.Where(text => text.Value.EndsWith("personal", StringComparison.Ordinal)).ToArray();
        Assert.Equal(columns, names.Length); // side by side, or aslant where that would overlap
        Assert.All(names, name => Assert.Equal(!shown, name.Attribute("transform")!.Value.Contains("rotate", StringComparison.Ordinal)));
        Assert.True(Left(texts.Single(text => text.Value == "step 31")) - Left(texts.Single(text => text.Value == "snapshot")) > 55, "the axis's name lies on its values' names");
    }

    [Theory]
    [InlineData(12)]
    [InlineData(64)]
    public void Numbers_of_columns_are_thinned_out_until_none_touches_the_next(int columns)
    {
        var chart = new Chart("Reads", "position", "from").HeatMap("reads", new double[1, columns], ["row"], [.. Enumerable.Range(100, columns).Select(i => $"{i}")]).Size(560, 250);
        double[] places = [.. Texts(chart).Where(text => int.TryParse(text.Value, out var number) && number >= 100).Select(Left).Order()];

        Assert.Equal(columns > 12, places.Length < columns);
        Assert.InRange(places.Length, 8, 16);
        Assert.All(places.Zip(places.Skip(1)), pair => Assert.True(pair.Second - pair.First > 25, $"{pair} are closer than three digits are wide"));
    }

    [Theory]
    [InlineData(4, 5.0, true)]
    [InlineData(4, null, true)]
    [InlineData(4, 4.02, false)] // no room above
    public void The_name_of_a_line_stands_above_it_and_not_on_the_bar_below(double at, double? top, bool above)
    {
        var chart = new Chart("Scores").Bars("score", ["dSFT", "dDPO"], [3.9, 3.95]).HorizontalRule("teacher", at).Size(720, 400);
        var texts = Texts(top is { } end ? chart.YRange(3, end) : chart).ToArray();
        double Foot(string text) => double.Parse(texts.Single(it => it.Value == text).Attribute("transform")!.Value.Split(',')[1].TrimEnd(')'), CultureInfo.InvariantCulture);

        var line = Foot("4") - 4; // half of a digit's height above its foot
        Assert.InRange(line - Foot("teacher"), above ? 0 : -16, above ? 12 : -6);
        Assert.True(Foot("teacher") - 12 > Foot("Scores"), "cut off at the top");
    }

    [Fact]
    public void Entries_of_a_legend_stand_apart()
    {
        string[] names = ["chosen replies", "rejected replies", "margin"];
        var chart = names.Aggregate(new Chart("Rewards"), (chart, name) => chart.Line(name, [1, 2])).Size(720, 400);
        var texts = names.Select(name => (Name: name, Left: Left(Texts(chart).Single(text => text.Value == name)))).OrderBy(text => text.Left).ToArray();

        Assert.Equal(names, texts.Select(text => text.Name));
        Assert.All(texts.Zip(texts.Skip(1)), pair => Assert.True(pair.Second.Left - pair.First.Left > 6 * pair.First.Name.Length + 25, $"{pair.Second.Name} follows {pair.First.Name} by {pair.Second.Left - pair.First.Left} pixels: no room for its line")); // a letter is half as wide as high, 25 pixels for the line
    }

    private static XElement[] Texts(Chart chart) => [.. XElement.Parse(chart.Render(Svg)!).Descendants().Where(e => e.Name.LocalName == "text")];

    private static double Left(XElement text) => text.Attribute("transform") is { } moved
        ? double.Parse(moved.Value.Split('(', ',', ')')[1], System.Globalization.CultureInfo.InvariantCulture)
        : double.Parse(text.Attribute("x")!.Value, System.Globalization.CultureInfo.InvariantCulture);
}
