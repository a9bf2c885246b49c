using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zephyr.Kernel.Engine;

/// <summary>
/// Sends calls to the cell that they mean, where functions of one name stand in several: see <see cref="FunctionAliases"/>. Calls with dynamic arguments are left to
/// the runtime, which looks in the last of these cells only and says so.
/// </summary>
internal static class CallsAcrossCells
{
    /// <summary>Looks at a cell.</summary>
    /// <param name="cell">Without errors.</param>
    /// <param name="names">Its own.</param>
    /// <param name="chain">The cells before it.</param>
    /// <returns>The cell's text when calls had to be sent elsewhere; and why some cannot be.</returns>
    public static (string? Text, IReadOnlyList<Diagnostic> Faults) Send(CSharpCompilation cell, CellNames names, CellChain chain)
    {
        var split = names.Mentioned.Where(name => chain.IsSplitFunction(name, names)).ToHashSet(StringComparer.Ordinal);
        var (changes, faults) = (new List<TextChange>(), new List<Diagnostic>());
        foreach (var tree in split.Count == 0 ? [] : cell.SyntaxTrees)
        {
            var model = cell.GetSemanticModel(tree);
            foreach (var token in tree.GetRoot().DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken) && split.Contains(token.ValueText)))
            {
                if (model.GetSymbolInfo(token.Parent!).Symbol is not IMethodSymbol { IsStatic: false, ContainingType.IsScriptClass: true } function
                    || function.ContainingType.Equals(cell.ScriptClass, SymbolEqualityComparer.Default))
                {
                    continue;
                }

                if (!UsesItsCell(function, chain))
                {
                    continue; // with whatever variables it is called
                }

                var isRemoved = token.Parent!.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SubtractAssignmentExpression }; // what was added may have been the first name
                if (FunctionAliases.Of(function.OriginalDefinition) is { } alias && tree == cell.SyntaxTrees[^1] && !isRemoved) // the files that it loads come first
                {
                    changes.Add(new(token.Span, alias));
                }
                else
                {
                    faults.Add(Fault(token));
                }
            }
        }

        return (changes.Count == 0 ? null : cell.SyntaxTrees[^1].GetText().WithChanges(changes).ToString(), faults);
    }

    /// <summary>Whether some name in a function, which is not its own or a parameter's, may be of a cell.</summary>
    private static bool UsesItsCell(IMethodSymbol function, CellChain chain) => function.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax())
        .OfType<MethodDeclarationSyntax>().SelectMany(syntax => syntax.DescendantTokens().Where(token => token != syntax.Identifier))
        .Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText)
        .Any(name => function.Parameters.All(parameter => parameter.Name != name) && chain.IsOfCell(name));

    private static Diagnostic Fault(SyntaxToken name) => Diagnostic.Create(
        "CELL1", "Cells", $"{name.ValueText} is declared in several cells with different parameters, and this call cannot be sent to the right one. "
        + "Declare them in one cell, or give them different names.",
        DiagnosticSeverity.Error, DiagnosticSeverity.Error, isEnabledByDefault: true, warningLevel: 0, location: name.GetLocation());
}
