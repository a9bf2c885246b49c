using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.QuickInfo;
using Microsoft.CodeAnalysis.Text;

namespace Zephyr.Kernel.Engine;

/// <summary>What a cell's text means while it is being written: completions and explanations, knowing all cells that ran.</summary>
internal sealed class CodeAssistant
{
    private static readonly CSharpCompilationOptions FirstOptions =
        new(OutputKind.DynamicallyLinkedLibrary, scriptClassName: "Script", allowUnsafe: true, usings: CSharpEngine.Imports,
            sourceReferenceResolver: new LoadedSources(withChecks: false));

    private readonly AdhocWorkspace _workspace = new(MefHostServices.DefaultHost);
    private ProjectId? _last;
    private int _count;

    /// <summary>Takes in a cell that ran.</summary>
    /// <param name="code">Without its <c>#r</c> and <c>#!</c> lines.</param>
    /// <param name="references">All that cells may reference by now.</param>
    public void Add(string code, IEnumerable<MetadataReference> references)
    {
        var (solution, document) = WithCell(code, references);
        if (!_workspace.TryApplyChanges(solution))
        {
            throw new InvalidOperationException("The workspace of the completion was changed from two threads.");
        }

        _last = document.ProjectId;
    }

    /// <summary>The names that may stand at a position.</summary>
    /// <param name="code">The text of the cell.</param>
    /// <param name="position">UTF-16 code units from the start.</param>
    /// <param name="references">All that cells may reference by now.</param>
    /// <returns>The span that a name replaces, and the names that begin with what stands there.</returns>
    public async Task<(TextSpan Span, IReadOnlyList<string> Names)> CompleteAsync(string code, int position, IEnumerable<MetadataReference> references)
    {
        var document = Document(code, references);
        var list = await CompletionService.GetService(document)!.GetCompletionsAsync(document, position);
        var start = position;
        while (start > 0 && (char.IsLetterOrDigit(code[start - 1]) || code[start - 1] == '_'))
        {
            start--;
        }

        var typed = code[start..position];
        var names = list.ItemsList.Select(item => item.DisplayText).Where(name => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).Distinct();
        return (TextSpan.FromBounds(start, position), [.. names]);
    }

    /// <summary>What stands at a position, in Markdown; null where nothing with a meaning does.</summary>
    public async Task<string?> ExplainAsync(string code, int position, IEnumerable<MetadataReference> references)
    {
        var document = Document(code, references);
        var service = QuickInfoService.GetService(document)!;
        var item = await service.GetQuickInfoAsync(document, position) ?? (position > 0 ? await service.GetQuickInfoAsync(document, position - 1) : null);
        return item is null ? null : string.Join("\n\n", item.Sections.Select((section, i) => i == 0 ? $"```csharp\n{section.Text}\n```" : section.Text));
    }

    private Document Document(string code, IEnumerable<MetadataReference> references)
    {
        var (solution, document) = WithCell(code, references);
        return solution.GetDocument(document)!;
    }

    private (Solution Solution, DocumentId Document) WithCell(string code, IEnumerable<MetadataReference> references)
    {
        var name = $"cell{++_count}";
        var project = ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Create(), name, name, LanguageNames.CSharp,
            isSubmission: true,
            compilationOptions: _last is null ? FirstOptions : FirstOptions.WithUsings(), // later cells inherit them
            parseOptions: CellSource.Parse,
            metadataReferences: references,
            projectReferences: _last is null ? [] : [new ProjectReference(_last)]);
        var document = DocumentId.CreateNewId(project.Id);
        return (_workspace.CurrentSolution.AddProject(project).AddDocument(document, name + ".csx", SourceText.From(code)), document);
    }
}
