using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Zephyr.Kernel.Notebook.Export;

/// <summary>Makes a program of a notebook, and makes sure that it compiles.</summary>
internal static class ExportedProgram
{
    /// <summary>The text of the program. The notebook's folder must be the working directory.</summary>
    /// <param name="notebook">Stays as it is.</param>
    /// <param name="path">Where the program will lie, absolute.</param>
    /// <exception cref="InvalidDataException">A cell does not compile, or says something that a program cannot say; the message names the cell.</exception>
    public static string Text(NotebookFile notebook, string path)
    {
        var (from, to) = (Path.GetDirectoryName(Path.GetFullPath(notebook.Path))!, Path.GetDirectoryName(path)!);
        var cells = CompiledNotebook.Of(notebook);
        var directives = cells.Targets.Select(target => ProgramReferences.Directive(target, from, to));
        var text = ProgramText.Of(cells, Path.GetRelativePath(to, Path.GetFullPath(notebook.Path)).Replace('\\', '/'), directives);
        if (Compilation(text, path, cells.References).GetDiagnostics().FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } error)
        {
            throw new InvalidDataException($"{notebook.Path}: {Place(text, error)}: what a cell may say, a program may not: {error.Id} {error.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}");
        }

        return text;
    }

    /// <summary>The program, as the SDK will compile it.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="path">Where it lies.</param>
    /// <param name="references">What it may use; the kernel is left out.</param>
    public static CSharpCompilation Compilation(string text, string path, IEnumerable<MetadataReference> references)
    {
        var parse = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest).WithFeatures([new("FileBasedProgram", "true")]);
        var tree = CSharpSyntaxTree.ParseText(text, parse, path, System.Text.Encoding.UTF8);
        var options = new CSharpCompilationOptions(OutputKind.ConsoleApplication, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Annotations);
        var others = references.Where(reference => reference.Display != typeof(ExportedProgram).Assembly.Location);
        return CSharpCompilation.Create("program", [tree], others, options);
    }

    /// <summary>The cell above the error, and its line there.</summary>
    private static string Place(string text, Diagnostic error)
    {
        var lines = text.Split('\n');
        var at = error.Location.SourceTree!.GetLineSpan(error.Location.SourceSpan).StartLinePosition.Line;
        var head = Array.FindLastIndex(lines, at, line => line.StartsWith("// ---- ", StringComparison.Ordinal));
        return head < 0 ? lines[at].Trim() : $"{lines[head].Trim('/', ' ', '-')}, \"{lines[at].Trim()}\"";
    }
}
