using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Notebook;

/// <summary>
/// A notebook as a student gets it: no outputs, no counts, no solutions. Solutions are known by their marks: a folded
/// <c>&lt;details&gt;</c> whose summary begins with Answer or Solution, a cell with the tag <c>solution</c>, and in a cell with the
/// tag <c>exercise</c> the value of the variable <c>answer</c>, which becomes null again.
/// </summary>
internal static partial class StudentCopy
{
    private const string SolutionTag = "solution";
    private const string ExerciseTag = "exercise";
    private const string AnswerName = "answer";

    /// <summary>Makes the copy, without writing it.</summary>
    /// <param name="notebook">Stays as it is.</param>
    /// <param name="path">Where the copy will lie; its references and links are written for that place.</param>
    /// <param name="companions">The notebooks that are copied with it, by full path: links to them stay as they are.</param>
    /// <returns>The copy, and how many solutions it leaves out.</returns>
    /// <exception cref="InvalidDataException">Something is marked as a solution in a way that does not say where it begins and ends.</exception>
    public static (NotebookFile Copy, int LeftOut) Make(NotebookFile notebook, string path, IReadOnlyCollection<string> companions)
    {
        var copy = notebook.CopyTo(path);
        var places = new MovedPaths(Path.GetDirectoryName(Path.GetFullPath(notebook.Path))!, Path.GetDirectoryName(Path.GetFullPath(path))!, companions);
        var leftOut = 0;
        List<NotebookCell> gone = [];
        foreach (var (index, cell) in copy.Cells.Index())
        {
            var place = $"{notebook.Path}: cell {index + 1}";
            var before = cell.Source;
            if (cell.HasTag(SolutionTag))
            {
                gone.Add(cell);
                leftOut++;
            }
            else if (cell.IsCode)
            {
                cell.Clear();
                var open = cell.HasTag(ExerciseTag) ? WithoutAnswer(before, place) : before;
                leftOut += open == before ? 0 : 1;
                cell.Source = places.InCode(open);
            }
            else
            {
                var (text, count) = WithoutFoldedAnswers(before, place);
                leftOut += count;
                cell.Source = places.InMarkdown(text);
                if (count > 0 && string.IsNullOrWhiteSpace(text))
                {
                    gone.Add(cell);
                }
            }
        }

        copy.Remove(gone);
        return (copy, leftOut);
    }

    private static (string Text, int Count) WithoutFoldedAnswers(string markdown, string place)
    {
        var count = 0;
        var text = FoldedAnswer().Replace(markdown, match =>
        {
            count++;
            return match.Groups["end"].Success
                ? ""
                : throw new InvalidDataException($"{place}: an answer is folded in <details>, but no </details> says where it ends.");
        });
        return (count == 0 ? markdown : text.TrimEnd(), count);
    }

    private static string WithoutAnswer(string code, string place)
    {
        var root = CSharpSyntaxTree.ParseText(code, CellSource.Parse).GetRoot();
        var declared = root.DescendantNodes().OfType<VariableDeclaratorSyntax>().FirstOrDefault(variable => variable.Identifier.ValueText == AnswerName)
            ?? throw new InvalidDataException($"{place} has the tag {ExerciseTag}, but declares no variable {AnswerName}: nothing says where the solution stands.");
        if (declared.Parent is VariableDeclarationSyntax { Type.IsVar: true })
        {
            throw new InvalidDataException($"{place}: null is no value for \"var {AnswerName}\": write its type, for example \"double? {AnswerName}\".");
        }

        return declared.Initializer is { Value: var value } ? SourceText.From(code).WithChanges(new TextChange(value.Span, "null")).ToString() : code;
    }

    [GeneratedRegex(@"<details\b[^>]*>\s*<summary\b[^>]*>\s*(Answer|Solution)\b.*?(?:(?<end></details>)\s*|\z)", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex FoldedAnswer();
}
