using Microsoft.CodeAnalysis;

namespace Zephyr.Kernel.Notebook.Export;

/// <summary>
/// The names that the cells' variables, functions and types have in a program. Cells may use one name again and again; in the body of a
/// program a name stands for one thing, and nothing inside a statement may have it too. So the second <c>x</c>, of cell 5, becomes <c>x_5</c>.
/// </summary>
internal sealed class ProgramNames
{
    private readonly Dictionary<ISymbol, string> _names = new(SymbolEqualityComparer.Default);

    /// <summary>Chooses them.</summary>
    /// <param name="cells">In their order.</param>
    public ProgramNames(IReadOnlyList<ReadCell> cells)
    {
        var inner = cells.SelectMany(cell => cell.InnerNames).ToHashSet(StringComparer.Ordinal);
        HashSet<string> body = [.. inner, "args"]; // every program has an args
        HashSet<string> types = [ProgramText.Words];
        foreach (var cell in cells)
        {
            foreach (var symbol in cell.Declared)
            {
                var taken = symbol is INamedTypeSymbol ? types : body;
                var name = symbol.Name;
                for (var i = 1; !taken.Add(name); i++)
                {
                    name = i == 1 ? $"{symbol.Name}_{cell.Number}" : $"{symbol.Name}_{cell.Number}_{i}";
                }

                if (name != symbol.Name)
                {
                    _names[symbol] = name;
                }
            }
        }
    }

    /// <summary>The name of a thing where it is not its own; else null.</summary>
    /// <param name="symbol">What a name in a cell means.</param>
    public string? Of(ISymbol? symbol) => symbol switch
    {
        null => null,
        IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.Destructor } method => Of(method.ContainingType),
        IMethodSymbol method => _names.GetValueOrDefault(method.OriginalDefinition),
        _ => _names.GetValueOrDefault(symbol.OriginalDefinition),
    };
}
