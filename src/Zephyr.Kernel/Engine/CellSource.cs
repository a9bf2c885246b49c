using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Zephyr.Kernel.Engine;

/// <summary>The text of a cell and its name in error messages.</summary>
/// <param name="Number">Counts the runs of cells in a session, from 1.</param>
/// <param name="Code">With <c>\n</c> as line end.</param>
internal sealed record CellSource(int Number, string Code)
{
    /// <summary>How scripts are parsed.</summary>
    public static CSharpParseOptions Parse { get; } = CSharpParseOptions.Default.WithKind(SourceCodeKind.Script);

    /// <summary>The name that the debugger and error messages know: <c>cell 3</c>.</summary>
    public string Name => $"cell {Number}";

    /// <summary>One line, trimmed, from 1; empty where there is none.</summary>
    public string Line(int number) => LineOf(Code, number);

    /// <summary>One line of a text, trimmed, from 1; empty where there is none.</summary>
    public static string LineOf(string code, int number)
    {
        var lines = code.Split('\n');
        return number >= 1 && number <= lines.Length ? lines[number - 1].TrimEnd() : "";
    }
}
