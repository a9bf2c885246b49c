using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Notebook.Export;

/// <summary>A cell as the compiler understands it after the cells before it.</summary>
/// <param name="Number">Among the code cells, from 1.</param>
/// <param name="Headings">The headings above it, as comments.</param>
/// <param name="Compilation">The cell as a script; null where it is there to show a compiler's error.</param>
/// <param name="Code">Without <c>#r</c> lines.</param>
/// <param name="MayRaise">Whether an exception is what the cell is there to show.</param>
internal sealed record ReadCell(int Number, IReadOnlyList<string> Headings, CSharpCompilation? Compilation, string Code, bool MayRaise)
{
    private readonly SyntaxTree? _tree = Compilation?.SyntaxTrees.Single();

    /// <summary>How error messages name it.</summary>
    public string Name => $"cell {Number}";

    /// <summary>Its text.</summary>
    public SourceText Text => _tree?.GetText() ?? SourceText.From(Code);

    /// <summary>Its syntax.</summary>
    /// <exception cref="InvalidOperationException">It does not compile.</exception>
    public CompilationUnitSyntax Root => _tree?.GetCompilationUnitRoot() ?? throw new InvalidOperationException($"{Name} does not compile.");

    /// <summary>What its names mean.</summary>
    public SemanticModel Model => Compilation!.GetSemanticModel(_tree!);

    /// <summary>What it declares for the cells after it, in the order of the text.</summary>
    public IEnumerable<ISymbol> Declared => Compilation?.ScriptClass is { } script
        ? script.GetMembers().Where(member => !member.IsImplicitlyDeclared && member.CanBeReferencedByName).OrderBy(member => member.Locations[0].SourceSpan.Start)
        : [];

    /// <summary>Names that it uses inside its statements, where a variable of the whole program must not have them.</summary>
    public IEnumerable<string> InnerNames
    {
        get
        {
            if (_tree is null)
            {
                yield break;
            }

            foreach (var node in Root.DescendantNodes())
            {
                if (Model.GetDeclaredSymbol(node) is { } symbol and (IRangeVariableSymbol or ILocalSymbol) && (symbol is IRangeVariableSymbol || !InFunction(node)))
                {
                    yield return symbol.Name;
                }
            }
        }
    }

    /// <summary>Compiles one more cell.</summary>
    /// <returns>The errors, where there are any.</returns>
    public static (CSharpCompilation Compilation, IReadOnlyList<Diagnostic> Errors) Compile(
        string code, CellSource cell, CSharpCompilation? previous, IEnumerable<MetadataReference> references)
    {
        var compilation = ScriptSession.Compilation(code, cell.Name, cell.Number, references, previous, sources: null);
        return (compilation, [.. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)]);
    }

    private static bool InFunction(SyntaxNode node) =>
        node.Ancestors().Any(above => above is AnonymousFunctionExpressionSyntax or BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or TypeDeclarationSyntax);
}
