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
        Assert.DoesNotContain("skipped", output, StringComparison.Ordinal);
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
        ConsoleCapture.Install();
        var notebook = NotebookFile.Read(path);
        Assert.Null(new NotebookRunner(notebook, Timeout.InfiniteTimeSpan, Assert.Fail).Run(_ => { }));
        notebook.Write();
        var (exit, output) = python.Script("same_outputs.py", path);
        Assert.True(exit == 0, output);
        Assert.EndsWith("both.ipynb: 9 outputs, 0 cells differ", output.Split('\n').First(line => line.Contains("outputs,", StringComparison.Ordinal)), StringComparison.Ordinal);

        File.WriteAllText(path, File.ReadAllText(path).Replace("100 %", "99 %", StringComparison.Ordinal)); // the comparison can fail
        (exit, output) = python.Script("same_outputs.py", path);
        Assert.Equal(1, exit);
        Assert.Contains("1 cells differ", output, StringComparison.Ordinal);
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
}
