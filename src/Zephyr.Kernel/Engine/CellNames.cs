using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Zephyr.Kernel.Engine;

/// <summary>What a cell declares for later ones, and the names that stand in it.</summary>
internal sealed class CellNames
{
    private readonly HashSet<string> _keys;

    /// <summary>Reads a cell.</summary>
    /// <param name="cell">Without errors; with the files that it loads.</param>
    public CellNames(CSharpCompilation cell)
    {
        var roots = cell.SyntaxTrees.Select(tree => tree.GetRoot()).ToArray();
        var all = cell.ScriptClass!.GetMembers().Where(member => member is { IsImplicitlyDeclared: false } and not IMethodSymbol { AssociatedSymbol: not null });
        var declared = all.Select(Declaration.Of).ToLookup(one => FunctionAliases.IsOne(one.Name));
        (Aliases, Declared) = ([.. declared[true]], [.. declared[false]]);
        Mentioned = Identifiers(roots);
        MentionedForLater = Identifiers(roots.SelectMany(root => root.DescendantNodesAndSelf(node => !RunsLater(node)).Where(RunsLater)));
        HasAnonymousTypes = roots.Any(root => root.DescendantNodes().Any(node => node is AnonymousObjectCreationExpressionSyntax));
        HasUsings = roots.Any(root => root is CompilationUnitSyntax { Usings.Count: > 0 });
        _keys = [.. Declared.Select(one => one.Key)];
    }

    /// <summary>Variables, functions, properties and types that later cells can use.</summary>
    public IReadOnlyList<Declaration> Declared { get; }

    /// <summary>The second names of its functions.</summary>
    public IReadOnlyList<Declaration> Aliases { get; }

    /// <summary>Every identifier of the cell.</summary>
    public IReadOnlySet<string> Mentioned { get; }

    /// <summary>Those in code that may run when the cell has ended: of functions, of types, of what is handed on as a delegate.</summary>
    public IReadOnlySet<string> MentionedForLater { get; }

    /// <summary>Whether <c>new { }</c> stands in it: objects that a later cell makes with the same names are of the same type.</summary>
    public bool HasAnonymousTypes { get; }

    /// <summary>Whether it has usings, which hold for later cells too.</summary>
    public bool HasUsings { get; }

    /// <summary>Whether later cells can see something of it, but for anonymous types.</summary>
    public bool IsSeen => Declared.Count > 0 || HasUsings;

    /// <summary>Whether it declares more than variables.</summary>
    public bool HasCode => Declared.Any(one => one.Kind != SymbolKind.Field);

    /// <summary>Whether later cells may use something of it without naming it: usings, extensions.</summary>
    public bool IsSeenUnnamed => HasUsings || Declared.Any(one => one.IsFoundUnnamed);

    /// <summary>Whether it declares a function of a name.</summary>
    public bool HasFunction(string name) => Declared.Any(one => one.Kind == SymbolKind.Method && one.Name == name);

    /// <summary>Whether the cell declares something in the place of what an earlier one declared.</summary>
    public bool Declares(string key) => _keys.Contains(key);

    private static bool RunsLater(SyntaxNode node) =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or QueryExpressionSyntax
        || (node is MemberDeclarationSyntax and not FieldDeclarationSyntax and not GlobalStatementSyntax);

    private static HashSet<string> Identifiers(IEnumerable<SyntaxNode> nodes) =>
        [.. nodes.SelectMany(node => node.DescendantTokens()).Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText)];
}
