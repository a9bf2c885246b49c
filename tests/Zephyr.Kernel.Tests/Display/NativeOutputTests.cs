using System.Diagnostics;
using System.Text.Json.Nodes;
using Zephyr.Kernel.Commands;
using Zephyr.Kernel.Tests.Protocol;

namespace Zephyr.Kernel.Tests.Display;

/// <summary>The C library writes, a kernel of its own process shows it.</summary>
public sealed class NativeOutputTests(ProtocolTests.RunningKernel kernel) : IClassFixture<ProtocolTests.RunningKernel>
{
    private const string Calls = """
        using System.Runtime.InteropServices;
        static class C
        {
            [DllImport("libc")] public static extern int puts(string text);
            [DllImport("libc")] public static extern int putchar(int character);
            [DllImport("libc")] public static extern nint write(int descriptor, byte[] bytes, nint count);
            public static void Write(int descriptor, string text) { var b = Encoding.UTF8.GetBytes(text); write(descriptor, b, b.Length); }
        }
        """;

    private readonly JupyterClient _client = kernel.Client;

    private static bool Impossible => OperatingSystem.IsWindows();

    [Fact]
    public void Native_text_keeps_its_place_between_managed_text_displays_and_results()
    {
        Assert.SkipWhen(Impossible, "native output is left alone on Windows");
        Assert.Equal("ok", (string?)_client.Execute(Calls).Reply["status"]);
        for (var round = 0; round < 20; round++)
        {
            var (_, published) = _client.Execute("""
                Console.Write("a"); C.puts("b"); C.putchar('c'); Console.Write("d"); C.Write(2, "e"); Console.Error.Write("f"); C.Write(1, "g");
                var handle = display(1); C.puts("h"); handle.Update(2); C.putchar('i'); "last"
                """);
            Assert.Equal(
                ["stdout:ab\ncd", "stderr:ef", "stdout:g", "display_data", "stdout:h\n", "update_display_data", "stdout:i", "execute_result"], Shown(published));
        }
    }

    [Fact]
    public void Long_text_passes_whole_and_characters_are_not_cut()
    {
        Assert.SkipWhen(Impossible, "native output is left alone on Windows");
        Assert.Equal("ok", (string?)_client.Execute(Calls).Reply["status"]);
        var (_, published) = _client.Execute("C.Write(1, string.Concat(Enumerable.Repeat(\"😀é\", 200_000))); foreach (var b in Encoding.UTF8.GetBytes(\"😀\")) C.write(1, [b], 1);");
        Assert.Equal(string.Concat(Enumerable.Repeat("😀é", 200_000)) + "😀", string.Concat(Shown(published).Select(s => s["stdout:".Length..])));
    }

    [Fact]
    public void Native_text_is_shown_while_the_cell_runs()
    {
        Assert.SkipWhen(Impossible, "native output is left alone on Windows");
        Assert.Equal("ok", (string?)_client.Execute(Calls).Reply["status"]);
        var id = _client.Ask("execute_request", JupyterClient.ExecuteContent("C.putchar('x'); Thread.Sleep(Timeout.Infinite);"));
        Assert.Equal("x", (string?)_client.NextPublished("stream")["content"]!["text"]);
        _client.AskControl("interrupt_request", []);
        Assert.Equal("error", (string?)_client.Reply(id)["content"]!["status"]);
    }

    [Fact]
    public void A_headless_run_stores_native_text_in_its_place()
    {
        Assert.SkipWhen(Impossible, "native output is left alone on Windows");
        using var notebook = new TemporaryNotebook(Calls, "Console.Write(\"one \"); C.puts(\"two\"); Console.Write(\"three\"); 4");
        Assert.Equal(0, notebook.Run("--write").Code);
        var outputs = notebook.Outputs(1);
        Assert.Equal("one two\nthree", string.Concat(outputs[0]!["text"]!.AsArray().Select(line => (string?)line)));
        Assert.Equal("execute_result", (string?)outputs[1]!["output_type"]);
    }

    [Fact]
    public void What_the_runtime_says_when_it_dies_is_not_swallowed()
    {
        using var notebook = new TemporaryNotebook("int Deep(int x) => Deep(x + 1) + 1;\nDeep(0)");
        var (code, _, error) = notebook.Run();
        Assert.NotEqual(0, code);
        Assert.Contains("Stack overflow", error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Shown(IEnumerable<JsonObject> published)
    {
        string? joined = null;
        foreach (var message in published)
        {
            var (type, content) = ((string?)message["header"]!["msg_type"], message["content"]!);
            if (type is "status" or "execute_input")
            {
                continue;
            }

            var text = type == "stream" ? $"{content["name"]}:" : type!;
            if (type == "stream" && joined?.StartsWith(text, StringComparison.Ordinal) == true)
            {
                joined += (string?)content["text"]; // long text comes in parts
                continue;
            }

            if (joined is not null)
            {
                yield return joined;
            }

            joined = text + (type == "stream" ? (string?)content["text"] : "");
        }

        if (joined is not null)
        {
            yield return joined;
        }
    }

    /// <summary>A notebook that the kernel's own command runs.</summary>
    private sealed class TemporaryNotebook : IDisposable
    {
        private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("native-").FullName, "test.ipynb");

        public TemporaryNotebook(params string[] cells) => NotebookText.Write(_path, [.. cells.Select(code => NotebookText.Code(code))]);

        public (int Code, string Output, string Error) Run(params string[] options)
        {
            var start = new ProcessStartInfo(SelfProcess.Command[0], [.. SelfProcess.Command.Skip(1), "run", _path, .. options]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.GetAwaiter().GetResult());
        }

        public JsonArray Outputs(int cell) => JsonNode.Parse(File.ReadAllText(_path))!["cells"]![cell]!["outputs"]!.AsArray();

        public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
    }
}
