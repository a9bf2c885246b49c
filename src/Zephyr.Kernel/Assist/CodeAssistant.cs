using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.FindSymbols;
using Microsoft.CodeAnalysis.QuickInfo;
using Microsoft.CodeAnalysis.Text;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Assist;

/// <summary>
/// What a cell's text means while it is being written: completions and explanations, knowing all cells that ran. May be called from any
/// thread; answers one after the other.
/// </summary>
internal sealed class CodeAssistant
{
    private static readonly CSharpCompilationOptions FirstOptions =
        new(OutputKind.DynamicallyLinkedLibrary, scriptClassName: "Script", allowUnsafe: true, usings: ScriptSession.Imports,
            sourceReferenceResolver: new LoadedSources(withChecks: false));

    private readonly object _gate = new();
    private readonly AdhocWorkspace _workspace = new(AssistantParts.Host());
    private readonly List<(StayingCell Cell, ProjectId Project)> _known = [];
    private (Document Document, int References)? _next; // the cell that is being written: only its text changes from one question to the next
    private int _count;

    /// <summary>The names that may stand at a position.</summary>
    /// <param name="code">The text of the cell.</param>
    /// <param name="position">UTF-16 code units from the start.</param>
    /// <param name="cells">Those that it can see, in their order.</param>
    /// <param name="references">All that cells may reference by now.</param>
    /// <returns>The span that a name replaces, and the names that begin with what stands there.</returns>
    public (TextSpan Span, IReadOnlyList<string> Names) Complete(
        string code, int position, IReadOnlyList<StayingCell> cells, IReadOnlyList<MetadataReference> references)
    {
        lock (_gate)
        {
            var document = Document(code, cells, references);
            var list = CompletionService.GetService(document)!.GetCompletionsAsync(document, position).GetAwaiter().GetResult();
            var start = position;
            while (start > 0 && (char.IsLetterOrDigit(code[start - 1]) || code[start - 1] == '_'))
            {
                start--;
            }

            var typed = code[start..position];
            var names = list.ItemsList.Select(item => item.DisplayText).Where(name => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).Distinct();
            return (TextSpan.FromBounds(start, position), [.. names]);
        }
    }

    /// <summary>What stands at a position, in Markdown; null where nothing with a meaning does.</summary>
    /// <param name="code">The text of the cell.</param>
    /// <param name="position">UTF-16 code units from the start.</param>
    /// <param name="everything">Also remarks and examples.</param>
    /// <param name="cells">Those that it can see, in their order.</param>
    /// <param name="references">All that cells may reference by now.</param>
    public string? Explain(string code, int position, bool everything, IReadOnlyList<StayingCell> cells, IReadOnlyList<MetadataReference> references)
    {
        lock (_gate)
        {
            return ExplainAsync(Document(code, cells, references), code, position, everything).GetAwaiter().GetResult();
        }
    }

    private static async Task<string?> ExplainAsync(Document document, string code, int position, bool everything)
    {
        var root = (await document.GetSyntaxRootAsync())!;
        if (!TouchesName(code, position) && CallHelp.At(root, (await document.GetSemanticModelAsync())!, position) is { } call)
        {
            return call;
        }

        return await SymbolAsync(document, position, everything) ?? (position > 0 ? await SymbolAsync(document, position - 1, everything) : null);
    }

    private static bool TouchesName(string code, int position) =>
        (position < code.Length && IsPartOfName(code[position])) || (position > 0 && position <= code.Length && IsPartOfName(code[position - 1]));

    private static bool IsPartOfName(char c) => char.IsLetter(c) || c == '_';

    private static async Task<string?> SymbolAsync(Document document, int position, bool everything)
    {
        if (await QuickInfoService.GetService(document)!.GetQuickInfoAsync(document, position) is not { } item)
        {
            return null;
        }

        var signature = $"```csharp\n{item.Sections.FirstOrDefault(s => s.Kind == QuickInfoSectionKinds.Description)?.Text}\n```";
        return await SymbolFinder.FindSymbolAtPositionAsync(document, position) is { } symbol && DocumentationText.Of(symbol, everything) is { Length: > 0 } text
            ? $"{signature}\n\n{text}"
            : signature;
    }

    private Document Document(string code, IReadOnlyList<StayingCell> cells, IReadOnlyList<MetadataReference> references)
    {
        Learn(cells, references);
        if (_next is not { } next || next.References != references.Count)
        {
            _next = next = (Append("", references), references.Count);
            next.Document.Project.GetCompilationAsync().GetAwaiter().GetResult(); // made once; what follows builds on it
        }

        return next.Document.WithText(SourceText.From(code));
    }

    /// <summary>Takes in cells that ran, and forgets those that the session forgot.</summary>
    private void Learn(IReadOnlyList<StayingCell> cells, IReadOnlyList<MetadataReference> references)
    {
        var same = cells.Zip(_known).TakeWhile(pair => pair.First == pair.Second.Cell).Count();
        if (same == cells.Count && same == _known.Count)
        {
            return;
        }

        _next = null;
        Apply(_known.Skip(same).Reverse().Aggregate(_workspace.CurrentSolution, (solution, known) => solution.RemoveProject(known.Project)));
        _known.RemoveRange(same, _known.Count - same);
        foreach (var cell in cells.Skip(same))
        {
            var document = Append(cell.Code, [.. references.Take(cell.References)]);
            Apply(document.Project.Solution);
            _known.Add((cell, document.Project.Id));
        }
    }

    private void Apply(Solution solution)
    {
        if (!_workspace.TryApplyChanges(solution))
        {
            throw new InvalidOperationException("The workspace of the completion was changed by someone else.");
        }
    }

    /// <summary>A cell behind those that are known.</summary>
    private Document Append(string code, IReadOnlyList<MetadataReference> references)
    {
        var name = $"cell{++_count}";
        var (isFirst, given) = (_known.Count == 0, _known.Count == 0 ? 0 : _known[^1].Cell.References); // later cells inherit usings and references
        var project = ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Create(), name, name, LanguageNames.CSharp,
            isSubmission: true,
            compilationOptions: isFirst ? FirstOptions : FirstOptions.WithUsings(),
            parseOptions: CellSource.Parse,
            metadataReferences: references.Skip(given),
            projectReferences: isFirst ? [] : [new ProjectReference(_known[^1].Project)]);
        var document = DocumentId.CreateNewId(project.Id);
        return _workspace.CurrentSolution.AddProject(project).AddDocument(document, name + ".csx", SourceText.From(code)).GetDocument(document)!;
    }
}
