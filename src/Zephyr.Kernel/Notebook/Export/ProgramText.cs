using System.Text;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Notebook.Export;

/// <summary>
/// A notebook as a C# program of one file, for <c>dotnet run FILE.cs</c>: its cells one below the other, each under its number, where
/// breakpoints can be set. What stands between them for the program's sake is hidden from the debugger.
/// </summary>
internal static class ProgramText
{
    /// <summary>The class of the words that cells know, and what shows the value of a cell.</summary>
    public const string Words = "CellWords";

    /// <summary>Begins every exported file.</summary>
    public const string Mark = "// Exported from ";

    private const int Width = 100; // of a line between two cells
    private const string Hidden = "#line hidden", Shown = "#line default";

    private static readonly string[] Properties =
    [
        "PublishAot=false", "ImplicitUsings=disable", "Nullable=annotations", "AllowUnsafeBlocks=true", "LangVersion=latest",
        "TreatWarningsAsErrors=false", "WarningLevel=0", "RunAnalyzers=false", "GenerateDocumentationFile=false", "ManagePackageVersionsCentrally=false",
    ];

    /// <summary>The text.</summary>
    /// <param name="notebook">Its cells.</param>
    /// <param name="source">The notebook's path, as seen from the folder of the program.</param>
    /// <param name="directives">What the program references: <c>#:project</c> and <c>#:package</c> lines.</param>
    public static string Of(CompiledNotebook notebook, string source, IEnumerable<string> directives)
    {
        var names = new ProgramNames(notebook.Cells);
        List<string> usings = [.. ScriptSession.Imports.Where(name => !name.StartsWith("Zephyr.Kernel", StringComparison.Ordinal)).Select(name => $"using {name};"), $"using static {Words};"];
        var (body, types) = (new StringBuilder(), new StringBuilder());
        foreach (var cell in notebook.Cells)
        {
            var part = cell.Compilation is null ? null : ProgramCell.Of(cell, names);
            usings.AddRange((part?.Usings ?? []).Except(usings));
            Append(body, cell, part?.Body ?? $"// This cell shows an error of the compiler:\n// {cell.Code.ReplaceLineEndings("\n// ")}");
            foreach (var type in part?.Types ?? [])
            {
                types.Append($"\n{Ruler(cell)}\n{type}\n");
            }
        }

        var folder = System.Text.Json.JsonSerializer.Serialize(Path.GetDirectoryName(source));
        return $"""
            {Mark}{Path.GetFileName(source)}. Run it with: dotnet run FILE.cs
            // Each cell stands under its number; breakpoints can be set in all of them. Exporting again replaces this file.
            {string.Join('\n', directives.Concat(Properties.Select(property => $"#:property {property}")))}

            {string.Join('\n', usings)}

            {Hidden}
            Directory.SetCurrentDirectory(Path.Combine(AppContext.GetData("EntryPointFileDirectoryPath") as string ?? ".", {folder}));
            {Shown}
            {body}{types}
            {Hidden}
            {Resource()}
            """.ReplaceLineEndings("\n");
    }

    private static void Append(StringBuilder body, ReadCell cell, string code)
    {
        if (code.Length == 0)
        {
            return; // only directives and usings
        }

        body.Append('\n');
        foreach (var heading in cell.Headings)
        {
            body.Append($"// {heading}\n");
        }

        body.Append($"{Ruler(cell)}\n");
        var catches = cell is { MayRaise: true, Compilation: not null };
        body.Append(catches ? $"{Hidden}\ntry {{\n{Shown}\n{code}\n{Hidden}\n}} catch (Exception shown) {{ {Words}.Print($\"{{shown.GetType().Name}}: {{shown.Message}}\"); }}\n{Shown}\n" : $"{code}\n");
    }

    private static string Ruler(ReadCell cell) => $"// ---- {cell.Name} ".PadRight(Width, '-');

    private static string Resource()
    {
        using var stream = typeof(ProgramText).Assembly.GetManifestResourceStream("ProgramWords.cs")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().TrimEnd();
    }
}
