using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Zephyr.Kernel.Engine;

/// <summary>
/// A second name for a function of a cell, which no other cell declares. Where functions of one name stand in several cells, the compiler calls the right one
/// with the variables of the last of these cells, whichever that is; under a name of its own each is called with its own.
/// </summary>
internal static class FunctionAliases
{
    private const char Mark = '\u02d1'; // a letter to the compiler, on no keyboard

    private static int _count;

    /// <summary>The same code, line for line, with second names for its functions.</summary>
    public static CompilationUnitSyntax Add(CompilationUnitSyntax cell)
    {
        if (!cell.Members.Any(NeedsOne))
        {
            return cell;
        }

        var number = Interlocked.Increment(ref _count);
        return cell.WithMembers([.. cell.Members.SelectMany(member => NeedsOne(member) ? WithAlias((MethodDeclarationSyntax)member, number) : [member])]);
    }

    /// <summary>Whether a name is such a second one.</summary>
    public static bool IsOne(string name) => name.Contains(Mark);

    /// <summary>The second name of a function; null where it has none.</summary>
    public static string? Of(IMethodSymbol function) => function.ContainingType.GetMembers().OfType<IMethodSymbol>()
        .FirstOrDefault(one => one.Name.StartsWith(function.Name + Mark, StringComparison.Ordinal) && Parameters(one) == Parameters(function))?.Name;

    /// <summary>
    /// Whether a function that calls this one, under its parameters, is the same: not where the runtime chooses among functions, a parameter hides the function,
    /// an attribute concerns its calls, or a default value is no single word.
    /// </summary>
    private static bool NeedsOne(MemberDeclarationSyntax member) =>
        member is MethodDeclarationSyntax { ExplicitInterfaceSpecifier: null } function and ({ Body: not null } or { ExpressionBody: not null })
        && !function.Modifiers.Any(SyntaxKind.StaticKeyword)
        && !function.ReturnType.DescendantTokens().Concat(function.ParameterList.DescendantTokens()).Any(token => token.Text is "dynamic" or "__arglist" || token.Text.Contains('\n'))
        && !function.ParameterList.DescendantNodes().Any(node => node is InterpolatedStringExpressionSyntax)
        && function.ParameterList.Parameters.All(parameter => parameter.Identifier.ValueText != function.Identifier.ValueText)
        && function.AttributeLists.SelectMany(list => list.Attributes).All(attribute => attribute.Name.ToString().Contains("MethodImpl", StringComparison.Ordinal));

    private static IEnumerable<MemberDeclarationSyntax> WithAlias(MethodDeclarationSyntax function, int number)
    {
        var name = function.Identifier.Text;
        var arguments = string.Join(", ", function.ParameterList.Parameters.Select(Argument));
        var types = function.TypeParameterList is { } list ? $"<{string.Join(", ", list.Parameters.Select(type => type.Identifier.Text))}>" : "";
        var isUnsafe = function.Modifiers.Any(SyntaxKind.UnsafeKeyword) ? "unsafe " : "";
        var constraints = string.Join(' ', function.ConstraintClauses.Select(Text));
        var alias = $"{isUnsafe}{Text(function.ReturnType)} {name}{Mark}{number}{Text(function.TypeParameterList)}{Text(function.ParameterList)} {constraints}"
            + $" => {(function.ReturnType is RefTypeSyntax ? "ref " : "")}{name}{types}({arguments});";
        return [function.WithoutTrailingTrivia(), SyntaxFactory.ParseMemberDeclaration(" " + alias, options: CellSource.Parse)!.WithTrailingTrivia(function.GetTrailingTrivia())];
    }

    private static string Argument(ParameterSyntax parameter)
    {
        var by = parameter.Modifiers.FirstOrDefault(modifier => modifier.Kind() is SyntaxKind.RefKeyword or SyntaxKind.OutKeyword or SyntaxKind.InKeyword);
        var isReadOnly = parameter.Modifiers.Any(SyntaxKind.ReadOnlyKeyword);
        return $"{(isReadOnly ? "in" : by.Text)} {parameter.Identifier.Text}".TrimStart();
    }

    /// <summary>Without comments and line ends.</summary>
    private static string Text(SyntaxNode? node) => node is null ? "" : string.Join(' ', node.DescendantTokens().Select(token => token.Text));

    private static string Parameters(IMethodSymbol function)
    {
        var id = function.GetDocumentationCommentId()!;
        return $"{function.Arity}{(id.IndexOf('(', StringComparison.Ordinal) is >= 0 and var start ? id[start..] : "")}";
    }
}
