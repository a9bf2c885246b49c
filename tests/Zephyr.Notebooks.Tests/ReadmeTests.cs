using System.Text.RegularExpressions;
using static Zephyr.Notebooks.Tests.NotebookFiles;

namespace Zephyr.Notebooks.Tests;

/// <summary>What the README promises about the notebooks.</summary>
public partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public void Its_picture_is_the_one_that_notebook_07_made()
    {
        var training = Cells(ReadNamed("07-ddpo.ipynb")).Single(cell => (string?)cell["id"] == "train");
        var pictures = training["outputs"]!.AsArray().Select(output => output!["data"]?["image/svg+xml"]?.AsArray()).OfType<System.Text.Json.Nodes.JsonArray>();
        var made = string.Concat(pictures.First().Select(line => (string?)line));
        Assert.Equal(made.TrimEnd(), File.ReadAllText(Path.Combine(Repository.Root, "notebooks", "rewards.svg")).TrimEnd());
    }

    [Fact]
    public void Its_table_lists_every_notebook_and_its_links_lead_somewhere()
    {
        Assert.All(Names, name => Assert.Contains($"](notebooks/{name})", Readme, StringComparison.Ordinal));
        Assert.All(Link().Matches(Readme).Select(match => match.Groups[1].Value), path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
    }

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)\)")]
    private static partial Regex Link();
}
