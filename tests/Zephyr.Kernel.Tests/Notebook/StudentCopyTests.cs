using System.Text.Json.Nodes;
using Zephyr.Kernel.Commands;
using Zephyr.Kernel.Notebook;
using static Zephyr.Kernel.Tests.NotebookText;

namespace Zephyr.Kernel.Tests.Notebook;

public sealed class StudentCopyTests : IDisposable
{
    private const string Folded = "text\n\n<details>\n<summary>Answer to the exercise</summary>\n\n```csharp\nx\n```\n\n</details>\n\nBack: [a](a.ipynb)";

    private readonly string _folder = Checkout.NewFolder("student");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Outputs_counts_and_the_mark_of_a_run_are_gone_and_the_original_stays()
    {
        var path = Write(_folder, Code("1 + 1"));
        var run = NotebookFile.Read(path);
        run.CodeCells[0].Store(1, [new JsonObject { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = "2" }]);
        run.Write();
        Assert.Null(StoredOutputs.Fault(NotebookFile.Read(path)));
        var before = File.ReadAllText(path);

        var copy = Strip(path);
        Assert.Equal(before, File.ReadAllText(path));
        Assert.Null(copy.StoredSource);
        Assert.Null(copy.CodeCells[0].ExecutionCount);
        Assert.Empty(copy.CodeCells[0].Outputs);
        Assert.Equal("never run by this program: run it with --write", StoredOutputs.Fault(copy));
    }

    [Fact]
    public void Marked_solutions_are_left_out_and_other_folded_text_stays()
    {
        var hint = "<details><summary>A hint</summary>\nlook\n</details>";
        var copy = Strip(Write(
            _folder,
            Markdown(Folded + "\n\n" + hint),
            Code("double? answer = 2 * (1 +\n    3);   // in nats\nanswer", "exercise"),
            Code("Func<int, int>? answer = null;\nanswer", "exercise"),
            Code("the = solution", "solution"),
            Markdown("<details>\n<summary>Solution</summary>\nx\n</details>\n")));
        Assert.Equal(
            ["text\n\nBack: [a](a.ipynb)\n\n" + hint, "double? answer = null;   // in nats\nanswer", "Func<int, int>? answer = null;\nanswer"],
            copy.Cells.Select(cell => cell.Source));
    }

    [Theory]
    [InlineData("x = 1", "cell 1 has the tag exercise, but declares no variable answer")]
    [InlineData("var answer = 1;", "null is no value for \"var answer\"")]
    public void An_exercise_that_does_not_say_where_its_answer_stands_is_an_error(string source, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => Strip(Write(_folder, Code(source, "exercise"))));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "student")));
    }

    [Fact]
    public void An_answer_that_is_not_folded_to_its_end_is_an_error()
    {
        var notebook = NotebookFile.Read(Write(_folder, Markdown("<details><summary>Answer</summary> it is 3")));
        var error = Assert.Throws<InvalidDataException>(() => StudentCopy.Make(notebook, Path.Combine(_folder, "copy.ipynb"), []));
        Assert.Contains("no </details> says where it ends", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_name_the_same_files_from_the_copy_s_folder()
    {
        File.WriteAllText(Path.Combine(_folder, "picture.svg"), "<svg/>");
        Directory.CreateDirectory(Path.Combine(_folder, "notes"));
        var other = Write(Path.Combine(_folder, "notes"), Code("1"), "other.ipynb");
        var path = Write(
            Path.Combine(_folder, "notes"),
            Markdown("![p](../picture.svg) [o](other.ipynb) [u](https://example.org/x) [s](#part) [n](nowhere.cs)"), Code("#r \"../lib/a.dll\"\n#r \"nuget: Some.Package, 1.0.0\"\n#r \"/opt/b.dll\"\n1"));

        NotebookFile Copy(params string[] companions) =>
            StudentCopy.Make(NotebookFile.Read(path), Path.Combine(_folder, "deep", "er", "copy.ipynb"), companions).Copy;
        Assert.Equal("![p](../../picture.svg) [o](other.ipynb) [u](https://example.org/x) [s](#part) [n](nowhere.cs)", Copy(other).Cells[0].Source);
        Assert.Equal("![p](../../picture.svg) [o](../../notes/other.ipynb) [u](https://example.org/x) [s](#part) [n](nowhere.cs)", Copy().Cells[0].Source);
        Assert.Equal("#r \"../../lib/a.dll\"\n#r \"nuget: Some.Package, 1.0.0\"\n#r \"/opt/b.dll\"\n1", Copy().Cells[1].Source);
    }

    [Fact]
    public void A_student_s_work_is_never_written_over()
    {
        var path = Write(_folder, Code("double? answer = 1;", "exercise"));
        var copy = Strip(path);
        Strip(path); // nothing was changed: once more is no harm
        File.AppendAllText(copy.Path, "\n");
        var error = Assert.Throws<ArgumentException>(() => Strip(path));
        Assert.Contains("is there already and says something else", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RunCommand.Run(["--strip", path, "--output", _folder])); // in the original's own place
    }

    [Theory]
    [InlineData("--strip", "--write")]
    [InlineData("--strip", "--check")]
    [InlineData("--check", "--timeout", "3")]
    [InlineData("--output", "there")]
    public void Words_that_contradict_each_other_are_refused(params string[] words)
    {
        var path = Write(_folder, Code("1"));
        Assert.Throws<ArgumentException>(() => RunCommand.Run([path, .. words]));
    }

    [Fact]
    public void A_committed_notebook_s_copy_has_its_exercise_and_not_the_answer() // the gate runs the copies of all of them
    {
        Assert.Equal(0, RunCommand.Run(["--strip", Checkout.Notebook("06-dpo-loss.ipynb"), "--output", _folder]));
        var text = File.ReadAllText(Path.Combine(_folder, "06-dpo-loss.ipynb"));
        Assert.DoesNotContain("logsigmoid(-betaH)", text, StringComparison.Ordinal);
        Assert.Contains("? answer = null;", text, StringComparison.Ordinal);
    }

    private static string Write(string folder, JsonObject cell, string name) => NotebookText.Write(Path.Combine(folder, name), cell);

    private static string Write(string folder, params JsonObject[] cells) => NotebookText.Write(Path.Combine(folder, "test.ipynb"), cells);

    private static NotebookFile Strip(string path)
    {
        Assert.Equal(0, RunCommand.Run([path, "--strip"]));
        return NotebookFile.Read(Path.Combine(Path.GetDirectoryName(path)!, "student", Path.GetFileName(path)));
    }
}
