using System.Text.Json.Nodes;
using Zephyr.Kernel.Commands;
using Zephyr.Kernel.Display;
using Zephyr.Kernel.Notebook;

namespace Zephyr.Kernel.Tests.Notebook;

public sealed class NotebookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("notebooks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string HtmlOfTwo => JsonValue.Create(Formatting.Bundle(2, []).Text("text/html"))!.ToJsonString()[1..^1];

    [Fact]
    public void A_run_stores_counts_outputs_and_the_hash_of_the_cells()
    {
        var path = Write(Markdown("# title"), Code("Console.Write(\"a\"); Console.WriteLine(\"b\"); 1 + 1"), Code("var x = 3;"));
        Assert.Null(Run(path));
        var stored = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.Equal(
            """[{"name":"stdout","output_type":"stream","text":["ab\n"]},{"data":{"text/html":["<i>"],"text/plain":["2"]},"execution_count":1,"metadata":{},"output_type":"execute_result"}]""",
            stored["cells"]![1]!["outputs"]!.ToJsonString().Replace(HtmlOfTwo, "<i>", StringComparison.Ordinal));
        Assert.Equal(2, (int?)stored["cells"]![2]!["execution_count"]);
        Assert.Equal("zephyr-csharp", (string?)stored["metadata"]!["kernelspec"]!["name"]);
        Assert.Equal(NotebookFile.Read(path).Source, (string?)stored["metadata"]!["zephyr"]!["source"]);
        Assert.Null(StoredOutputs.Fault(NotebookFile.Read(path)));
    }

    [Fact]
    public void What_an_ended_extension_wrote_to_claim_the_file_goes()
    {
        var path = Write(Code("1"));
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        var claim = new JsonObject { ["kernelName"] = "csharp" };
        root["metadata"] = new JsonObject { ["polyglot_notebook"] = claim.DeepClone(), ["language_info"] = new JsonObject { ["name"] = "polyglot-notebook" } };
        root["cells"]![0]!["metadata"] = new JsonObject { ["polyglot_notebook"] = claim.DeepClone(), ["dotnet_interactive"] = claim, ["tags"] = new JsonArray("kept") };
        File.WriteAllText(path, root.ToJsonString());
        NotebookFile.Read(path).Write();
        Assert.DoesNotContain("polyglot", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.DoesNotContain("dotnet_interactive", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.True(NotebookFile.Read(path).CodeCells[0].HasTag("kept"));
    }

    [Fact]
    public void Two_runs_store_the_same_bytes()
    {
        var path = Write(Code("new[] { new { A = 1.5, B = \"ö 😀 <b>\" } }"), Code("var h = display(\"x\"); h.Update(new Dictionary<string, int> { [\"k\"] = 1 });"));
        Assert.Null(Run(path));
        var first = File.ReadAllBytes(path);
        Assert.Null(Run(path));
        Assert.Equal(first, File.ReadAllBytes(path));
        Assert.DoesNotContain((byte)'\r', first);
    }

    [Fact]
    public void An_update_is_folded_into_what_was_shown_even_by_a_later_cell()
    {
        var path = Write(Code("var h = display(\"first\"); display(\"other\");"), Code("h.Update(\"last\");"));
        Assert.Null(Run(path));
        var cells = NotebookFile.Read(path).CodeCells;
        Assert.Equal(["last", "other"], cells[0].Outputs.Select(o => (string?)o["data"]!["text/plain"]![0]));
        Assert.Empty(cells[1].Outputs);
    }

    [Fact]
    public void Cleared_output_is_not_stored()
    {
        var path = Write(Code("Console.WriteLine(1); clear_output(wait: true); Console.WriteLine(2); display(3); clear_output(); Console.WriteLine(4);"));
        Assert.Null(Run(path));
        var output = Assert.Single(NotebookFile.Read(path).CodeCells[0].Outputs);
        Assert.Equal("4\n", (string?)output["text"]![0]);
    }

    [Theory]
    [InlineData("var x = 1; x += 1; x", null)]
    [InlineData("seen++; seen", "cell 2 runs twice with two results.\n  first:  1\n  second: 2")]
    public void A_tagged_cell_runs_twice_and_must_say_the_same(string source, string? expected)
    {
        var notebook = NotebookFile.Read(Write(Code("var seen = 0;"), Code(source, "train"), Code("seen++;")));
        var runner = new NotebookRunner(notebook, Timeout.InfiniteTimeSpan, message => Assert.Fail(message)) { TwiceTag = "train" };
        Assert.Equal(expected, runner.Run(_ => { }));
    }

    [Fact]
    public void An_error_stops_the_run_and_names_cell_and_line()
    {
        var path = Write(Code("var x = 1;"), Markdown("text"), Code("\nthrow new FormatException(\"why\");"), Code("x"));
        var before = File.ReadAllText(path);
        var failure = Run(path);
        Assert.StartsWith("failed in cell 2, line 2\n", failure, StringComparison.Ordinal);
        Assert.Contains("FormatException: why", failure, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(path));
    }

    [Fact]
    public void A_cell_that_is_expected_to_raise_does_not_stop_the_run()
    {
        var path = Write(Code("throw new FormatException(\"shown\");", "raises-exception"), Code("1"));
        Assert.Null(Run(path));
        var notebook = NotebookFile.Read(path);
        Assert.Equal("error", (string?)notebook.CodeCells[0].Outputs.Single()["output_type"]);
        Assert.Null(StoredOutputs.Fault(notebook));
    }

    [Fact]
    public void A_cell_that_takes_too_long_is_stopped_and_named()
    {
        var path = Write(Code("var x = 1;"), Code("while (true) { }"));
        var failure = new NotebookRunner(NotebookFile.Read(path), TimeSpan.FromSeconds(1), Assert.Fail).Run(_ => { });
        Assert.Equal("cell 2 took longer than 1.0 s and was stopped", failure);
    }

    [Theory]
    [InlineData("var x = 2;", "changed")]
    [InlineData("var x = 1;", null)]
    public void A_check_compares_the_cells_with_those_that_were_run(string later, string? fault)
    {
        var path = Write(Code("var x = 1;"));
        Assert.Null(Run(path));
        File.WriteAllText(path, File.ReadAllText(path).Replace("var x = 1;", later, StringComparison.Ordinal));
        var found = StoredOutputs.Fault(NotebookFile.Read(path));
        Assert.Equal(fault is null, found is null);
        Assert.Contains(fault ?? "", found ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_finds_notebooks_that_never_ran_and_stored_errors()
    {
        var path = Write(Code("throw new FormatException(\"x\");", "raises-exception"));
        Assert.Contains("never run", StoredOutputs.Fault(NotebookFile.Read(path)), StringComparison.Ordinal);
        Assert.Null(Run(path));
        File.WriteAllText(path, File.ReadAllText(path).Replace("raises-exception", "other", StringComparison.Ordinal));
        Assert.Equal("code cell 1 ended in FormatException: x", StoredOutputs.Fault(NotebookFile.Read(path)));
    }

    [Fact]
    public void A_notebook_that_ends_its_process_has_failed_and_the_next_one_runs_in_a_process_of_its_own()
    {
        var bad = Write(Code("Environment.Exit(0);"));
        var good = NotebookText.Write(Path.Combine(_folder, "zz-good.ipynb"), Code("1"));
        Assert.Equal(1, RunCommand.Run([_folder, "--write", "--keep-going"]));
        Assert.NotNull(StoredOutputs.Fault(NotebookFile.Read(bad)));
        Assert.Null(StoredOutputs.Fault(NotebookFile.Read(good)));
        Assert.Equal(0, RunCommand.Run([good, "--check"]));
        Assert.Equal(1, RunCommand.Run([_folder, "--check"]));
    }

    [Theory]
    [InlineData("{ \"cells\": [", "not JSON")]
    [InlineData("{ \"nbformat\": 3 }", "format 4")]
    [InlineData("[]", "format 4")]
    public void What_is_no_notebook_is_refused_by_name(string text, string expected)
    {
        var path = Path.Combine(_folder, "broken.ipynb");
        File.WriteAllText(path, text);
        var error = Assert.Throws<InvalidDataException>(() => NotebookFile.Read(path));
        Assert.Contains("broken.ipynb", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_names_each_cell_by_its_first_words()
    {
        var path = Write(Code("#r \"" + typeof(NotebookTests).Assembly.Location + "\"\n\nvar beta = 0.1;"), Code("1"));
        List<string> lines = [];
        Assert.Null(new NotebookRunner(NotebookFile.Read(path), Timeout.InfiniteTimeSpan, Assert.Fail).Run(lines.Add));
        Assert.Matches(@"^  \[1/2\] +\d+\.\d s  var beta = 0\.1;$", lines[0]);
        Assert.Matches(@"^  \[2/2\] +\d+\.\d s  1$", lines[1]);
    }

    private static string? Run(string path)
    {
        ConsoleCapture.Install(native: false);
        var notebook = NotebookFile.Read(path);
        var failure = new NotebookRunner(notebook, Timeout.InfiniteTimeSpan, Assert.Fail).Run(_ => { });
        if (failure is null)
        {
            notebook.Write();
        }

        return failure;
    }

    private string Write(params JsonObject[] cells) => NotebookText.Write(Path.Combine(_folder, "test.ipynb"), cells);

    private static JsonObject Code(string source, params string[] tags) => NotebookText.Code(source, tags);

    private static JsonObject Markdown(string source) => NotebookText.Markdown(source);
}
