using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zephyr.Kernel.Engine;

/// <summary>The text of a cell, its name in error messages, and the files that it asks for.</summary>
/// <param name="Number">Counts the runs of cells in a session, from 1.</param>
/// <param name="Code">With <c>\n</c> as line end.</param>
internal sealed record CellSource(int Number, string Code)
{
    /// <summary>How scripts are parsed.</summary>
    public static CSharpParseOptions Parse { get; } = CSharpParseOptions.Default.WithKind(SourceCodeKind.Script);

    /// <summary>The name that the debugger and error messages know: <c>cell 3</c>.</summary>
    public string Name => $"cell {Number}";

    /// <summary>Takes the <c>#r</c> lines out, so that every other line and column stays where it is.</summary>
    /// <returns>The rest, and each file as written together with its line, from 1.</returns>
    public (string Code, IReadOnlyList<(string Path, int Line)> References) WithoutReferences()
    {
        if (!Code.Contains("#r", StringComparison.Ordinal))
        {
            return (Code, []);
        }

        var text = SourceText.From(Code);
        var directives = CSharpSyntaxTree.ParseText(text, Parse).GetCompilationUnitRoot().GetReferenceDirectives();
        var references = directives.Select(r => (r.File.ValueText, text.Lines.GetLinePosition(r.SpanStart).Line + 1)).ToArray();
        var rest = text.WithChanges(directives.Select(r => new TextChange(LineOf(text, r), "")));
        return (rest.ToString(), references);
    }

    /// <summary>One line, trimmed, from 1; empty where there is none.</summary>
    public string Line(int number)
    {
        var lines = Code.Split('\n');
        return number >= 1 && number <= lines.Length ? lines[number - 1].TrimEnd() : "";
    }

    private static TextSpan LineOf(SourceText text, ReferenceDirectiveTriviaSyntax directive) =>
        text.Lines.GetLineFromPosition(directive.SpanStart).Span; // without its line break
}
