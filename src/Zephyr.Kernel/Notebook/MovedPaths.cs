using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Notebook;

/// <summary>Writes the relative paths of a notebook anew for another folder, so that they name the same files from there.</summary>
/// <param name="from">The folder that the paths are written for.</param>
/// <param name="to">The folder that they are to be written for.</param>
/// <param name="companions">Files that move along, by full path: links to them stay.</param>
internal sealed partial class MovedPaths(string from, string to, IReadOnlyCollection<string> companions)
{
    /// <summary>In the <c>#r</c> and <c>#load</c> lines of a cell.</summary>
    public string InCode(string code)
    {
        var root = CSharpSyntaxTree.ParseText(code, CellSource.Parse).GetCompilationUnitRoot();
        var files = root.GetReferenceDirectives().Select(line => line.File).Concat(root.GetLoadDirectives().Select(line => line.File));
        var changes = files
            .Where(file => file.ValueText.Length > 0 && !file.ValueText.Contains(':', StringComparison.Ordinal) && !Path.IsPathRooted(file.ValueText))
            .OrderBy(file => file.SpanStart)
            .Select(file => new TextChange(file.Span, $"\"{Moved(file.ValueText)}\""));
        return SourceText.From(code).WithChanges(changes).ToString();
    }

    /// <summary>In links and pictures of a text, where a file or folder is there.</summary>
    public string InMarkdown(string markdown) => Link().Replace(markdown, match =>
    {
        var path = match.Groups["path"].Value;
        var full = Path.GetFullPath(path, from);
        return Path.Exists(full) && !companions.Contains(full) ? $"]({Moved(path)}" : match.Value;
    });

    private string Moved(string path) => Path.GetRelativePath(to, Path.GetFullPath(path, from)).Replace('\\', '/');

    [GeneratedRegex(@"\]\((?<path>[^()\s#:]+)")]
    private static partial Regex Link();
}
