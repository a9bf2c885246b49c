using System.Text.Json.Nodes;
using static Zephyr.Notebooks.Tests.NotebookFiles;

namespace Zephyr.Notebooks.Tests;

/// <summary>What makes all notebooks of this repository alike: short cells, at least as much prose as code, committed outputs that every viewer can show.</summary>
public class NotebookRulesTests
{
    private const string Prologue = "#r \"../artifacts/bin/Zephyr.Notebooks/release/Zephyr.Notebooks.dll\"";

    public static TheoryData<string> Notebooks => [.. Names];

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void Cells_are_few_and_short_and_prose_is_not_outnumbered(string name)
    {
        var cells = Cells(ReadNamed(name));
        var lines = cells.Where(IsCode).Select(Lines).Order().ToArray();

        Assert.InRange(cells.Length, 25, 45);
        Assert.True(cells.Length - lines.Length >= lines.Length, $"{lines.Length} code cells, {cells.Length - lines.Length} prose cells");
        Assert.InRange(lines[lines.Length / 2], 0, 6);
        Assert.InRange(lines[^1], 0, 25);
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void It_begins_with_a_title_and_the_prologue_and_ends_with_the_answer(string name)
    {
        var cells = Cells(ReadNamed(name));

        Assert.StartsWith($"# {name[..2]} ", Source(cells[0]), StringComparison.Ordinal);
        Assert.Contains("You will see", Source(cells[0]), StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith(Prologue, Source(cells[1]), StringComparison.Ordinal);
        Assert.Contains("Kit.Start();", Source(cells[1]), StringComparison.Ordinal);
        Assert.Contains("<details>", Source(cells[^1]), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void It_names_our_kernel_and_no_ended_one(string name)
    {
        var metadata = ReadNamed(name)["metadata"]!;

        Assert.Equal("zephyr-csharp", (string?)metadata["kernelspec"]!["name"]);
        Assert.Equal("C#", (string?)metadata["language_info"]!["name"]);
        Assert.Null(metadata["polyglot_notebook"]);
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void Every_cell_has_run_in_order_and_without_an_error(string name)
    {
        var code = Cells(ReadNamed(name)).Where(IsCode).ToArray();

        Assert.Equal(Enumerable.Range(1, code.Length), code.Select(cell => (int?)cell["execution_count"] ?? 0));
        Assert.All(code.SelectMany(cell => cell["outputs"]!.AsArray()), output => Assert.NotEqual("error", (string?)output!["output_type"]));
        Assert.InRange(BytesOf(name), 1, 400_000);
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void No_picture_hides_behind_html_and_every_output_has_words(string name)
    {
        var bundles = Cells(ReadNamed(name)).Where(IsCode).SelectMany(cell => cell["outputs"]!.AsArray()).Select(output => output!["data"]).OfType<JsonObject>();

        Assert.All(bundles, data =>
        {
            Assert.True(data.ContainsKey("text/plain") || data.ContainsKey("text/markdown"), $"only {string.Join(", ", data.Select(entry => entry.Key))}");
            Assert.False(data.ContainsKey("text/html") && data.ContainsKey("image/svg+xml"));
            Assert.DoesNotContain("<script", data.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        });
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void Code_fits_the_page(string name) =>
        Assert.All(Cells(ReadNamed(name)).Where(IsCode).SelectMany(cell => Source(cell).Split('\n')), line => Assert.InRange(line.Length, 0, 120));

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void Cell_ids_are_unique(string name) => Assert.Distinct(Cells(ReadNamed(name)).Select(cell => (string?)cell["id"]));
}
