using System.Xml.Linq;

namespace Zephyr.Notebooks.Tests;

public class ViewTests
{
    private const string Hostile = "<script>alert('1')</script><b onclick=\"x\"> & $x$ \\(y\\) \u0000 </td></table>";

    public static TheoryData<string> Kinds => [.. Samples.Views.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Hostile_text_stays_text(string kind)
    {
        var html = Samples.Views[kind](Hostile).Render("text/html")!;

        var parsed = XElement.Parse($"<div>{html}</div>");
        Assert.DoesNotContain(parsed.Descendants(), e => e.Name.LocalName == "script");
        Assert.DoesNotContain(parsed.Descendants().Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.Contains("<script>alert('1')</script>", parsed.Value, StringComparison.Ordinal);
        Assert.DoesNotContain('$', html); // viewers would typeset it
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void There_is_a_text_alternative_and_no_picture(string kind)
    {
        var view = Samples.Views[kind]("plain words");

        Assert.Contains("plain words", view.Render("text/plain"), StringComparison.Ordinal);
        Assert.Null(view.Render("image/svg+xml"));
        Assert.Equal(view.ToString(), view.Render("text/plain"));
    }

    [Fact]
    public void Learned_tokens_are_bold_without_styles_and_bracketed_in_text()
    {
        var view = TokenView.OfLearned(["<|user|>", "<0x0A>", "▁Hi", "</s>", "▁Hello", "</s>"], [false, false, false, false, true, true]);

        var bold = XElement.Parse($"<div>{view.Render("text/html")}</div>").Descendants("b").Select(b => b.Value);
        Assert.Equal([" Hello", "</s>"], bold);
        Assert.Equal("<|user|>↵ Hi</s>[ Hello</s>]\n2 of 6 tokens are learned from", view.ToString());
    }

    [Fact]
    public void Marks_of_another_meaning_say_theirs() =>
        Assert.Equal("The[ moon]\n1 of 2 tokens name a thing", TokenView.OfMarked(["The", "▁moon"], [false, true], "name a thing").ToString());

    [Fact]
    public void Packed_documents_are_numbered_where_they_begin()
    {
        var view = TokenView.OfDocuments(["a", "b", "c", "<pad>"], [1, 1, 2, 0]);

        Assert.Equal("|1|ab|2|c|0|<pad>", view.ToString());
        Assert.Equal(["1", "2", "0"], XElement.Parse($"<div>{view.Render("text/html")}</div>").Descendants("sup").Select(s => s.Value));
    }

    [Fact]
    public void Values_stand_above_their_tokens_and_are_summed()
    {
        var view = TokenView.OfValues(["▁The", "▁moon"], [0.25, -1.5]);

        Assert.Equal(["+0.25", "-1.50"], XElement.Parse($"<div>{view.Render("text/html")}</div>").Descendants("rt").Select(v => v.Value));
        Assert.EndsWith("sum over 2 tokens: -1.25", view.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Marks_that_do_not_fit_the_tokens_are_refused()
    {
        var fault = Assert.Throws<ArgumentException>(() => TokenView.OfLearned(["a", "b"], [true]));

        Assert.Equal("There are 2 tokens but 1 marks of what is learned; each token needs one.", fault.Message);
    }

    [Fact]
    public void A_long_row_is_cut_and_says_so()
    {
        var view = TokenView.OfLearned(Enumerable.Repeat("x", 5000), Enumerable.Repeat(true, 5000));

        Assert.InRange(view.Render("text/html")!.Length, 1, 100_000);
        Assert.Contains("5000 of 5000 tokens are learned from; the first 600 tokens are shown", view.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_aligns_numbers_and_names_columns_in_words()
    {
        var table = Table.Of([new { Prompt = "first\nline", ChosenReward = 1.25, KvHeads = 2, IsRight = true }, new { Prompt = "b", ChosenReward = -0.5, KvHeads = 11, IsRight = false }], "Pairs");

        Assert.Equal(
            """
            Pairs
            prompt      chosen reward  kv heads  is right
            first⏎line           1.25         2  yes
            b                   -0.50        11  no
            """.ReplaceLineEndings("\n"), table.ToString());
        Assert.Equal(2, table.Frame.Rows.Count);
        Assert.Equal(1.25, table.Frame["chosen reward"][0]);
    }

    [Fact]
    public void A_long_table_counts_the_rows_it_leaves_out()
    {
        var table = Table.Of(Enumerable.Range(0, 50).Select(n => new { n }), rowsShown: 3);

        Assert.Equal("n\n0\n1\n2\n… and 47 more rows", table.ToString());
        Assert.Equal(4, XElement.Parse($"<div>{table.Render("text/html")}</div>").Descendants("tr").Count());
    }

    [Fact]
    public void A_table_of_plain_values_says_what_it_needs() =>
        Assert.StartsWith("Int32 has no properties to make columns of.", Assert.Throws<ArgumentException>(() => Table.Of([1, 2])).Message, StringComparison.Ordinal);

    [Fact]
    public void Missing_values_and_sequences_in_a_table_are_shown_plainly()
    {
        var table = Table.Of([new { Note = (string?)null, Scores = new[] { 1.5, 2 }, Days = (double?)null }]);

        Assert.Equal("note  scores  days\n      1.5, 2", table.ToString());
    }

    [Fact]
    public void Markup_that_is_not_well_formed_is_refused() =>
        Assert.Contains("not well-formed", Assert.Throws<ArgumentException>(() => Html.Of($"<p>{"x"}")).Message, StringComparison.Ordinal);

    [Fact]
    public void Html_inside_html_is_not_escaped_twice()
    {
        var inner = Html.Of($"<i>{"a < b"}</i>");

        Assert.Equal("<b><i>a &lt; b</i></b>", Html.Of($"<b>{inner}</b>").Render("text/html"));
        Assert.Equal("a < b", Html.Of($"<b>{inner}</b>").ToString());
    }

    [Fact]
    public void Html_to_text_keeps_lines()
    {
        var html = Html.Of($"<p>one</p><ul><li>two</li><li>{"three\nfour"}</li></ul>");

        Assert.Equal("one\ntwo\nthree\nfour", html.ToString());
    }

    [Fact]
    public void Side_by_side_wants_a_cell_for_each_column()
    {
        var fault = Assert.Throws<ArgumentException>(() => new SideBySide("base", "dSFT").Row("Tides?", "one"));

        Assert.Equal("There are 2 columns (base, dSFT) but 1 cells in the row \"Tides?\".", fault.Message);
    }
}
