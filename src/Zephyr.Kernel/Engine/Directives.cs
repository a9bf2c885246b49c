using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zephyr.Kernel.Engine;

/// <summary>What a cell or a loaded file says to the kernel, and the rest of it for the compiler.</summary>
/// <param name="Code">Without <c>#r</c> and <c>#!</c> lines; every other line and column stays where it is.</param>
/// <param name="References">Each <c>#r</c> as written, with its line, from 1.</param>
/// <param name="Loads">Each <c>#load</c> as written, with its line, from 1. The compiler wants to see them too.</param>
/// <param name="Timed">Whether <c>#!time</c> stands at the head.</param>
internal sealed record Directives(
    string Code, IReadOnlyList<(string Target, int Line)> References, IReadOnlyList<(string Target, int Line)> Loads, bool Timed)
{
    private const string Magic = "#!";
    private const string Time = "#!time";

    /// <summary>Reads them.</summary>
    /// <param name="code">With <c>\n</c> as line end.</param>
    /// <exception cref="FormatException">The head asks for something that this kernel has not.</exception>
    public static Directives Of(string code)
    {
        var (rest, timed) = WithoutMagic(code);
        if (!rest.Contains('#', StringComparison.Ordinal))
        {
            return new(rest, [], [], timed);
        }

        var text = SourceText.From(rest);
        var root = CSharpSyntaxTree.ParseText(text, CellSource.Parse).GetCompilationUnitRoot();
        (string, int)[] At<T>(IEnumerable<T> all, Func<T, SyntaxToken> file)
            where T : DirectiveTriviaSyntax => [.. all.Select(d => (file(d).ValueText, text.Lines.GetLinePosition(d.SpanStart).Line + 1))];
        var references = root.GetReferenceDirectives();
        return new(
            text.WithChanges(references.Select(r => new TextChange(text.Lines.GetLineFromPosition(r.SpanStart).Span, ""))).ToString(),
            At(references, r => r.File),
            At(root.GetLoadDirectives(), l => l.File),
            timed);
    }

    private static (string Code, bool Timed) WithoutMagic(string code)
    {
        if (!code.Contains(Magic, StringComparison.Ordinal))
        {
            return (code, false);
        }

        var lines = code.Split('\n');
        var timed = false;
        for (var i = 0; i < lines.Length && (lines[i].Trim() is "" || lines[i].StartsWith(Magic, StringComparison.Ordinal)); i++)
        {
            if (lines[i].StartsWith(Magic, StringComparison.Ordinal))
            {
                timed = lines[i].Trim() == Time ? true : throw new FormatException($"There is no {lines[i].Trim()} here; at the head of a cell there is {Time}.");
                lines[i] = "";
            }
        }

        return (string.Join('\n', lines), timed);
    }
}
