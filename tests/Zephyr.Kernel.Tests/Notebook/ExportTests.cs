using System.Reflection.Metadata;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Emit;
using Zephyr.Kernel.Commands;
using Zephyr.Kernel.Display;
using Zephyr.Kernel.Notebook;
using Zephyr.Kernel.Notebook.Export;
using Zephyr.Kernel.References;
using static Zephyr.Kernel.Tests.NotebookText;

namespace Zephyr.Kernel.Tests.Notebook;

public sealed partial class ExportTests : IDisposable
{
    private readonly string _folder = Checkout.NewFolder("export"); // there natives are linked, not copied
    private readonly string _before = Directory.GetCurrentDirectory();

    // Each line is something that a script may say and the body of a program may not, or not so.
    private static readonly JsonObject[] Peculiar =
    [
        Markdown("# Title\n\ntext"),
        Code("using System.Globalization;\nvar x = 1;\nint Twice(int n) => 2 * n;\npublic double Twice(double n) => n * n;\nTwice(x) + Twice(1.5)"),
        Code("var x = \"again\";\nx + Twice(2)"),
        Code("foreach (var step in new[] { 1, 2 }) Console.Write(step);\nforeach (var x in new[] { 3 }) Console.WriteLine(x);"),
        Code("var step = 7;\nint later;\nlater++;\n(step, later)"),
        Code("record Point(int X) { public Point() : this(9) { } public static Point operator +(Point a, Point b) => new(a.X + b.X); }\nvar sum = new Point(1) + new Point();\nsum.X"),
        Code("record Point(string Name);\nnew Point(x).Name"),
        Code("var both = (x, step);\nvar named = new { x };\n$\"{both.x} {named.x} {nameof(Twice)}\""),
        Code("var (a, b) = (1, 2);\n(a, b) = (b, a);\nvar squares = from step in new[] { a, b } select step * step;\nsquares.ToArray()"),
        Code("await Task.Delay(1);\nint.TryParse(\"12\", out var args);\nargs"),
        Code("if (\"5\" is { Length: 1 } text) Console.WriteLine(text);"),
        Code("var text = true;\ntext"),
        Code("throw new FormatException(\"shown\");", "raises-exception"),
        Code("undeclared", "raises-exception"),
        Code("File.WriteAllText(\"made.txt\", \"\");\nConsole.WriteLine(\"done\")"),
    ];

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_program_prints_what_the_cells_show()
    {
        var path = Write(Peculiar);
        var program = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "programs")).FullName, "peculiar.cs");
        Assert.Equal(0, ExportCommand.Run([path, "--output", program]));
        var assembly = Path.ChangeExtension(program, ".dll");
        using (var file = File.Create(assembly))
        {
            var built = ExportedProgram.Compilation(File.ReadAllText(program), program, SessionReferences.Framework()).Emit(file, cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(built.Success, string.Join('\n', built.Diagnostics));
        }

        var place = new JsonObject { ["EntryPointFileDirectoryPath"] = Path.GetDirectoryName(program) }; // as the SDK gives it
        var framework = new JsonObject { ["name"] = "Microsoft.NETCore.App", ["version"] = Environment.Version.ToString() };
        File.WriteAllText(Path.ChangeExtension(program, ".runtimeconfig.json"), new JsonObject { ["runtimeOptions"] = new JsonObject { ["framework"] = framework, ["configProperties"] = place } }.ToJsonString());
        var (exit, output) = Programs.Run("dotnet", [assembly]);
        Assert.True(exit == 0, output);

        ConsoleCapture.Install(native: false);
        var notebook = NotebookFile.Read(path);
        Directory.SetCurrentDirectory(_folder);
        Assert.Null(new NotebookRunner(notebook, Timeout.InfiniteTimeSpan, Assert.Fail).Run(_ => { }));
        string[] shown = [.. notebook.CodeCells.Where(cell => !cell.MayRaise).Select(cell => cell.PlainOutput.TrimEnd())];
        var printed = output.ReplaceLineEndings("\n").TrimEnd();
        Assert.Equal(string.Join('\n', [.. shown[..^1], "FormatException: shown", shown[^1]]), printed);
        Assert.Equal("4.25", shown[0]); // 2 and 2.25: the functions are two
        Assert.True(File.Exists(Path.Combine(_folder, "made.txt")), "the program runs in the notebook's folder");
    }

    [Fact]
    public void Breakpoints_bind_to_the_lines_of_cells_and_to_nothing_else()
    {
        var path = Path.Combine(_folder, "program.cs");
        Directory.SetCurrentDirectory(_folder);
        var text = ExportedProgram.Text(NotebookFile.Read(Write(Peculiar)), path);
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        var built = ExportedProgram.Compilation(text, path, SessionReferences.Framework())
            .Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb), cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(built.Success, string.Join('\n', built.Diagnostics));
        symbols.Position = 0;
        using var provider = MetadataReaderProvider.FromPortablePdbStream(symbols);
        var reader = provider.GetMetadataReader();
        Assert.Equal([path], reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name)));
        var bound = reader.MethodDebugInformation
            .SelectMany(method => reader.GetMethodDebugInformation(method).GetSequencePoints())
            .Where(point => !point.IsHidden).Select(point => text.Split('\n')[point.StartLine - 1].Trim()).ToHashSet();
        Assert.Superset(new HashSet<string> { "later++;", "await Task.Delay(1);", "throw new FormatException(\"shown\");", "CellWords.Print(sum.X);" }, bound);
        Assert.DoesNotContain(bound, line => line.StartsWith("Directory.SetCurrentDirectory", StringComparison.Ordinal) || line.Contains("Console.WriteLine(Text(value))", StringComparison.Ordinal));
    }

    [Fact]
    public void A_committed_notebook_s_program_asserts_what_its_cells_assert()
    {
        var program = Path.Combine(_folder, "06.cs");
        var source = Checkout.Notebook("06-dpo-loss.ipynb");
        Assert.Equal(0, ExportCommand.Run([source, "--output", program]));
        var (exit, output) = Programs.Run("dotnet", ["run", "-c", "Release", program], ("XDG_DATA_HOME", _folder)); // what the SDK builds goes with it
        Assert.True(exit == 0, output);
        var asserted = NotebookFile.Read(source).CodeCells.SelectMany(cell => cell.PlainOutput.Split('\n')).Where(line => line.StartsWith("ok: ", StringComparison.Ordinal)).ToArray();
        Assert.True(asserted.Length > 5, "the notebook asserts something");
        Assert.Equal(asserted.Select(WithoutValues), output.ReplaceLineEndings("\n").Split('\n').Where(line => line.StartsWith("ok: ", StringComparison.Ordinal)).Select(WithoutValues));
        Assert.Contains("Exercise 06: not answered yet", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int Half { get; set; }", "cell 1, line 1: a program cannot hold this outside a type: int Half")]
    [InlineData("#load \"other.csx\"", "a program of one file cannot load other.csx")]
    [InlineData("#r \"lib.dll\"\n1", "there is no lib.csproj above it")]
    [InlineData("var y = 1;\nmissing", "cell 1, line 2, column 1: CS0103")]
    [InlineData("int F() => z + 1;\nvar z = 1;\nF()", "cell 1, \"int F() => z + 1;\": what a cell may say, a program may not: CS0841")]
    public void What_a_program_cannot_say_is_an_error_that_names_the_cell(string source, string expected)
    {
        File.WriteAllText(Path.Combine(_folder, "other.csx"), "1");
        File.Copy(typeof(ExportTests).Assembly.Location, Path.Combine(_folder, "lib.dll"));
        var error = Assert.Throws<InvalidDataException>(() => ExportCommand.Run([Write(Code(source))]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "test.cs")));
    }

    [Fact]
    public void Packages_become_packages_and_a_file_that_is_not_ours_stays()
    {
        Assert.Equal("#:package Some.Package@1.2.0", ProgramReferences.Directive("nuget: Some.Package, 1.2.0", _folder, _folder));
        var path = Write(Code("1"));
        Assert.Equal(0, ExportCommand.Run([path]));
        Assert.Equal(0, ExportCommand.Run([path])); // it is ours: written anew
        File.WriteAllText(Path.Combine(_folder, "test.cs"), "// mine");
        var error = Assert.Throws<ArgumentException>(() => ExportCommand.Run([path]));
        Assert.Contains("was not exported from a notebook", error.Message, StringComparison.Ordinal);
    }

    private string Write(params JsonObject[] cells) => NotebookText.Write(Path.Combine(_folder, "test.ipynb"), [.. cells.Select(cell => (JsonObject)cell.DeepClone())]);

    private static string WithoutValues(string line) => Values().Replace(line, "");

    [GeneratedRegex(@"\s\(-?[\d.e-]+\)")]
    private static partial Regex Values(); // their last digits belong to the processor
}
