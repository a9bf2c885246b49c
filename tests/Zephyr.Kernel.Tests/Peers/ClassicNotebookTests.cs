using System.Text.Json.Nodes;
using Zephyr.Kernel.Notebook;
using static Zephyr.Kernel.Tests.NotebookText;

namespace Zephyr.Kernel.Tests.Peers;

/// <summary>A reader before classic Notebook in a real browser. The pictures stay in <c>artifacts/screenshots</c>.</summary>
public sealed class ClassicNotebookTests(NodePeer node) : IClassFixture<NodePeer>
{
    private const string Chromium = "/usr/bin/chromium";
    private const string Bar = """
        var bar = display(HTML("<progress value='0' max='8'></progress>"));
        for (var i = 1; i <= 8; i++)
        {
            await Task.Delay(50);
            bar.Update(HTML($"<progress value='{i}' max='8'></progress>"));
        }
        """;

    [Fact]
    public void A_reader_sees_a_bar_move_and_a_chart_interrupts_restarts_and_survives_dead_kernels()
    {
        PythonPeer.Require("notebook", "jupyter-notebook");
        NodePeer.Require("playwright-core");
        Assert.SkipUnless(File.Exists(Chromium), $"{Chromium} is not there: apt-get install chromium");
        var library = Path.Combine(Checkout.Root, "artifacts", "bin", "Zephyr.Notebooks", "release", "Zephyr.Notebooks.dll");
        Assert.SkipUnless(File.Exists(library), $"{library} is not there: dotnet build -c Release");
        NotebookFile.Read(NotebookText.Write(
            Path.Combine(node.Folder, "reader.ipynb"),
            Markdown("# A reader before classic Notebook"),
            Code(Bar),
            Code($"#r \"{library}\"\nusing Zephyr.Notebooks;\nvar chart = new LossChart(\"A curve\");\nforeach (var step in Live.Watch(Enumerable.Range(1, 12), chart)) chart.Add(step, 1.0 / step);"),
            Code("var kept = 41;\nkept + 1"))).Write(); // names the kernel
        var pictures = Directory.CreateDirectory(Path.Combine(Checkout.Root, "artifacts", "screenshots")).FullName;

        using var server = new NotebookServer(node.Folder, node.Home);
        var (exit, output) = node.Script("browser.js", $"http://127.0.0.1:{server.Port}/notebooks/reader.ipynb", pictures);
        Assert.True(exit == 0, output + server.Log);
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        var steps = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToDictionary(step => (string)step["step"]!);

        Assert.Equal("C# (Zephyr)", (string?)steps["open"]["kernel"]);
        Assert.Equal(1, (int?)steps["moving"]["running"]); // three values seen while the cell ran
        Assert.Equal(Enumerable.Range(0, 9), steps["ran"]["bar"]!.AsArray().Select(value => (int)value!));
        Assert.Equal(1, (int?)steps["ran"]["bars"]); // in place, not one below the other
        Assert.Equal("[true]", steps["ran"]["drawing"]!.ToJsonString());
        Assert.Contains("cell interrupted", (string?)steps["interrupt"]["error"], StringComparison.Ordinal);
        Assert.Contains("43", (string?)steps["after interrupt"]["result"], StringComparison.Ordinal);
        Assert.Contains("kept", (string?)steps["restart"]["error"], StringComparison.Ordinal);
        foreach (var death in new[] { "exit", "overflow" })
        {
            Assert.Equal("The kernel appears to have died. It will restart automatically.", (string?)steps[death]["dialog"]);
            Assert.Contains("42", (string?)steps[$"after {death}"]["result"], StringComparison.Ordinal);
            Assert.True(new FileInfo(Path.Combine(pictures, $"{death}.png")).LastWriteTimeUtc > DateTime.UtcNow.AddMinutes(-5));
        }
    }
}
