using System.Diagnostics.CodeAnalysis;
using Zephyr.Kernel.Display;

namespace Zephyr.Kernel.Tests.Display;

public class FormattingTests
{
    public static TheoryData<object?, string> Plain => new()
    {
        { null, "null" },
        { 42, "42" },
        { 0.1, "0.1" },
        { 1e-7, "1E-07" },
        { double.NaN, "NaN" },
        { true, "true" },
        { "two\nlines", "two\nlines" },
        { 'c', "c" },
        { new[] { 1, 2, 3 }, "[1, 2, 3]" },
        { new[] { "a", "b\"c" }, "[\"a\", \"b\\\"c\"]" },
        { new List<int[]> { new[] { 1 }, Array.Empty<int>() }, "[[1], []]" },
        { new Dictionary<string, double> { ["a"] = 0.5 }, "{\"a\": 0.5}" },
        { (1, "a"), "(1, \"a\")" },
        { new { Name = "n", Values = new[] { 1 } }, "{ Name = \"n\", Values = [1] }" },
        { new Point(1, [2, 3]), "Point { X = 1, Ys = [2, 3] }" },
        { new InvalidOperationException("why"), "InvalidOperationException: why" },
        { typeof(int), "System.Int32" },
        { DayOfWeek.Friday, "Friday" },
        { TimeSpan.FromSeconds(1.5), "00:00:01.5000000" },
    };

    [Theory]
    [MemberData(nameof(Plain))]
    public void Plain_text_is_what_a_reader_would_write(object? value, string expected) =>
        Assert.Equal(expected, Formatting.Bundle(value, []).Text("text/plain"));

    [Fact]
    public void A_long_sequence_is_cut_and_an_endless_one_ends()
    {
        Assert.EndsWith("18, 19, …]", Formatting.Bundle(Enumerable.Range(0, 1000), []).Text("text/plain"), StringComparison.Ordinal);
        Assert.EndsWith("1, …]", Formatting.Bundle(Endless(), []).Text("text/plain"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sequence_that_works_while_it_is_read_is_read_once()
    {
        var pulls = 0;
        Formatting.Bundle(Enumerable.Range(0, 5).Select(i => new Point(++pulls, [])), []);
        Assert.Equal(5, pulls);
    }

    [Fact]
    public void Records_in_a_sequence_are_the_rows_of_a_table()
    {
        var html = Formatting.Bundle(new[] { new Point(1, []), new Point(2, [3]) }, []).Text("text/html");
        Assert.Equal(
            "<table><thead><tr><th>X</th><th>Ys</th></tr></thead><tbody><tr><td>1</td><td>[]</td></tr><tr><td>2</td><td>[3]</td></tr></tbody></table>",
            html);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("a & b \"c\" 'd'")]
    public void Text_is_escaped_everywhere(string hostile)
    {
        object[] values =
        [
            hostile,
            new[] { hostile },
            (1, hostile),
            new InvalidOperationException(hostile),
            new[] { new { Text = hostile } },
            new Dictionary<string, string> { [hostile] = hostile },
            new { Inner = new[] { hostile } },
            new Dictionary<string, object> { ["k"] = new { Text = hostile } },
        ];
        foreach (var value in values)
        {
            var html = Formatting.Bundle(value, []).Text("text/html")!;
            Assert.DoesNotContain(hostile, html, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Plain))]
    public void Html_and_plain_text_come_together(object? value, string plain)
    {
        var bundle = Formatting.Bundle(value, []);
        Assert.Equal(["text/html", "text/plain"], bundle.MimeTypes);
        var html = bundle.Text("text/html")!;
        Assert.True(html.StartsWith("<table>", StringComparison.Ordinal) || html == $"<pre style=\"white-space:pre-wrap;margin:0\">{System.Net.WebUtility.HtmlEncode(plain)}</pre>", html);
    }

    [Fact]
    public void A_string_is_of_the_type_that_display_names() =>
        Assert.Equal("**b**", Formatting.Bundle("**b**", ["text/markdown"]).Text("text/markdown"));

    [Fact]
    public void A_form_that_a_value_lacks_is_refused_with_those_it_has()
    {
        var error = Assert.Throws<ArgumentException>(() => Formatting.Bundle(1, ["image/png"]));
        Assert.Contains("text/plain", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_embedded_not_quoted()
    {
        var bundle = Formatting.Bundle(MimeContent.Json(new { a = 1 }), []);
        Assert.Equal(1, (int?)bundle.ToJson()["application/json"]!["a"]);
    }

    [Fact]
    public void A_type_with_the_convention_attribute_shows_itself()
    {
        var bundle = Formatting.Bundle(new Gauge(3), []);
        Assert.Equal(["application/vnd.test+json", "image/svg+xml", "text/plain"], bundle.MimeTypes);
        Assert.Equal(3, (int?)bundle.ToJson()["application/vnd.test+json"]!["level"]);
        Assert.Equal("<svg>3</svg>", bundle.Text("image/svg+xml"));
        Assert.Equal("Gauge 3", bundle.Text("text/plain"));
    }

    [Fact]
    public void The_convention_holds_for_derived_types() =>
        Assert.Equal("<svg>4</svg>", Formatting.Bundle(new LoudGauge(4), []).Text("image/svg+xml"));

    private static IEnumerable<int> Endless()
    {
        while (true)
        {
            yield return 1;
        }
    }

    private sealed record Point(int X, int[] Ys);

    [TypeFormatterSource(typeof(GaugeFormatters), PreferredMimeTypes = ["application/vnd.test+json", "image/svg+xml"])]
    private class Gauge(int level)
    {
        public int Level { get; } = level;

        public override string ToString() => $"Gauge {Level}";
    }

    private sealed class LoudGauge(int level) : Gauge(level);

    [SuppressMessage("Performance", "CA1822", Justification = "Found by name, as an instance method.")]
    private sealed class GaugeFormatters
    {
        public IEnumerable<object> CreateTypeFormatters() =>
        [
            new GaugeFormatter("image/svg+xml", g => $"<svg>{g.Level}</svg>"),
            new GaugeFormatter("text/html", _ => "not preferred"),
            new GaugeFormatter("application/vnd.test+json", g => $"{{\"level\":{g.Level}}}"),
        ];
    }

    private sealed class GaugeFormatter(string mimeType, Func<Gauge, string> write)
    {
        public string MimeType => mimeType;

        public bool Format(object instance, TextWriter writer)
        {
            writer.Write(write((Gauge)instance));
            return true;
        }
    }

    [AttributeUsage(AttributeTargets.Class)]
    private sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
    {
        public Type FormatterSourceType { get; } = formatterSourceType;

        public string[] PreferredMimeTypes { get; set; } = [];
    }
}
