using Zephyr.Kernel.Display;
using Zephyr.Kernel.Notebook;

namespace Zephyr.Kernel.Tests.Peers;

/// <summary>Programs that others wrote, against the installed kernel and the files that the runner writes.</summary>
public sealed class PeerTests(PythonPeer python) : IClassFixture<PythonPeer>
{
    [Fact]
    public void The_conformance_tests_of_Jupyter_pass()
    {
        PythonPeer.Require("jupyter_kernel_test");
        var (exit, output) = python.Script("conformance.py");
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.True(exit == 0, output);
        Assert.Contains("Ran 12 tests", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Nbclient_stores_the_same_outputs_as_the_runner()
    {
        PythonPeer.Require("nbclient");
        var path = NotebookText.Write(
            Path.Combine(python.Folder, "both.ipynb"),
            NotebookText.Markdown("# both"),
            NotebookText.Code("record Point(int X, double[] Ys);\nvar points = new[] { new Point(1, [0.5]), new Point(2, []) };\npoints"),
            NotebookText.Code("await Task.Delay(10);\nConsole.WriteLine(\"out ö 😀\");\nConsole.Error.WriteLine(\"err\");\npoints.Length"),
            NotebookText.Code("var bar = display(\"0 %\");\nfor (var i = 1; i <= 4; i++) { await Task.Delay(5); bar.Update($\"{25 * i} %\"); }"),
            NotebookText.Code("display(SVG(\"<svg xmlns='http://www.w3.org/2000/svg'/>\"));\nJson(new { a = new[] { 1, 2 } })"),
            NotebookText.Code("int Fail() => throw new InvalidOperationException(\"deep\");\nFail()", "raises-exception"),
            NotebookText.Code("undeclared", "raises-exception"));
        var client = Path.Combine(python.Folder, "client.ipynb");
        var (exit, output) = python.Script("execute.py", path, client);
        Assert.True(exit == 0, output);

        ConsoleCapture.Install();
        var notebook = NotebookFile.Read(path);
        Assert.Null(new NotebookRunner(notebook, Timeout.InfiniteTimeSpan, Assert.Fail).Run(_ => { }));
        notebook.Write();
        Assert.Equal(Outputs(NotebookFile.Read(client)), Outputs(NotebookFile.Read(path)));
    }

    [Fact]
    public void Nbformat_writes_the_runner_s_files_back_byte_for_byte()
    {
        PythonPeer.Require("nbformat");
        var path = NotebookText.Write(
            Path.Combine(python.Folder, "bytes.ipynb"),
            NotebookText.Markdown("two\nlines, \"quoted\" \\ and\ttabbed ö 😀"),
            NotebookText.Code("display(Json(new { b = 1.5, a = \"x\" }));\nConsole.Write(\"a\\nb\\u0001\");"),
            NotebookText.Code(""));
        ConsoleCapture.Install();
        var notebook = NotebookFile.Read(path);
        Assert.Null(new NotebookRunner(notebook, Timeout.InfiniteTimeSpan, Assert.Fail).Run(_ => { }));
        notebook.Write();
        var copy = Path.Combine(python.Folder, "copy.ipynb");
        var (exit, output) = python.Script("format.py", path, copy);
        Assert.True(exit == 0, output);
        Assert.Equal(File.ReadAllText(copy), File.ReadAllText(path));
    }

    private static IEnumerable<string> Outputs(NotebookFile notebook) =>
        notebook.CodeCells.SelectMany((cell, i) => cell.Outputs.Select(output => $"{i} {NotebookJson.Write(output)}"));
}
