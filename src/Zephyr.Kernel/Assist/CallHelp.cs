using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Zephyr.Kernel.Assist;

/// <summary>What may be called at a position inside an argument list, and which parameter stands there.</summary>
internal static class CallHelp
{
    private const int MostOverloads = 16;

    private static readonly SymbolDisplayFormat Signature = new(
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        memberOptions: SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeContainingType,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeParamsRefOut | SymbolDisplayParameterOptions.IncludeExtensionThis,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat Parameter = Signature.WithMemberOptions(SymbolDisplayMemberOptions.None);

    /// <summary>The help, in Markdown; null where the position is in no argument list of something known.</summary>
    /// <param name="root">The cell.</param>
    /// <param name="model">Its meaning.</param>
    /// <param name="position">UTF-16 code units from the start.</param>
    public static string? At(SyntaxNode root, SemanticModel model, int position)
    {
        if (List(root, position) is not { } list || Candidates(list, model) is not { Count: > 0 } candidates)
        {
            return null;
        }

        var (index, name) = Argument(list, position);
        var chosen = model.GetSymbolInfo(list.Parent!).Symbol as IMethodSymbol;
        chosen = chosen is not null && At(chosen, index, name) is not null ? chosen : candidates.Where(c => Fits(c, list, index, name))
            .OrderByDescending(c => Likeness(c, list, model)).ThenBy(c => c.Parameters.Length).FirstOrDefault();
        var others = candidates.Where(c => !SymbolEqualityComparer.Default.Equals(c, chosen)).ToArray();
        List<string> parts = [];
        if (chosen is not null)
        {
            parts.Add(Code([chosen]));
            if (At(chosen, index, name) is { } parameter)
            {
                parts.Add($"Parameter {parameter.Ordinal + 1} of {chosen.Parameters.Length}: **`{parameter.ToDisplayString(Parameter)}`** {DocumentationText.OfParameter(parameter)}".TrimEnd());
            }

            parts.Add(DocumentationText.Of(chosen));
        }

        if (others.Length > 0)
        {
            parts.Add($"{(chosen is null ? "" : "Also ")}{others.Length} {(others.Length == 1 ? "overload" : "overloads")}:\n\n{Code(others)}");
        }

        return string.Join("\n\n", parts.Where(part => part.Length > 0));
    }

    private static BaseArgumentListSyntax? List(SyntaxNode root, int position)
    {
        var token = root.FindToken(Math.Max(0, position - 1));
        return token.Parent?.AncestorsAndSelf().OfType<BaseArgumentListSyntax>().FirstOrDefault(list =>
            position > list.GetFirstToken().SpanStart && (list.GetLastToken() is { IsMissing: true } || !IsClosing(list.GetLastToken()) || position <= list.GetLastToken().SpanStart));
    }

    private static bool IsClosing(SyntaxToken token) => token.IsKind(SyntaxKind.CloseParenToken) || token.IsKind(SyntaxKind.CloseBracketToken);

    private static List<IMethodSymbol> Candidates(BaseArgumentListSyntax list, SemanticModel model)
    {
        IEnumerable<ISymbol> found = list.Parent switch
        {
            InvocationExpressionSyntax call => [.. model.GetMemberGroup(call.Expression), .. Delegate(model.GetTypeInfo(call.Expression).Type)],
            ObjectCreationExpressionSyntax creation => model.GetMemberGroup(creation) is { Length: > 0 } group ? group : Constructors(model.GetTypeInfo(creation).Type),
            ImplicitObjectCreationExpressionSyntax creation => model.GetMemberGroup(creation) is { Length: > 0 } group ? group : Constructors(model.GetTypeInfo(creation).ConvertedType),
            _ => [],
        };
        return [.. found.OfType<IMethodSymbol>()];
    }

    private static IEnumerable<ISymbol> Delegate(ITypeSymbol? type) => type is INamedTypeSymbol { DelegateInvokeMethod: { } invoke } ? [invoke] : [];

    private static IEnumerable<ISymbol> Constructors(ITypeSymbol? type) =>
        type is INamedTypeSymbol named ? named.InstanceConstructors.Where(c => c.DeclaredAccessibility == Accessibility.Public) : [];

    private static (int Index, string? Name) Argument(BaseArgumentListSyntax list, int position)
    {
        var index = list.Arguments.GetSeparators().Count(comma => comma.Span.End <= position);
        var name = index < list.Arguments.Count ? list.Arguments[index].NameColon?.Name.Identifier.ValueText : null;
        return (index, name);
    }

    private static bool Fits(IMethodSymbol method, BaseArgumentListSyntax list, int index, string? name) =>
        At(method, index, name) is not null ? list.Arguments.Count <= method.Parameters.Length || method.Parameters[^1].IsParams : method.Parameters.Length == 0 && index == 0 && list.Arguments.Count == 0;

    /// <summary>How well the arguments that are there already go with a method: an exact type counts more than one that converts.</summary>
    private static int Likeness(IMethodSymbol method, BaseArgumentListSyntax list, SemanticModel model) => list.Arguments.Select((argument, i) =>
    {
        if (model.GetTypeInfo(argument.Expression).Type is not { TypeKind: not TypeKind.Error } type
            || At(method, i, argument.NameColon?.Name.Identifier.ValueText)?.Type is not { TypeKind: not TypeKind.TypeParameter } wanted)
        {
            return 0;
        }

        var conversion = model.Compilation.ClassifyConversion(type, wanted);
        return conversion.IsIdentity ? 2 : conversion.IsImplicit ? 1 : -4;
    }).Sum();

    private static IParameterSymbol? At(IMethodSymbol method, int index, string? name) =>
        name is not null ? method.Parameters.FirstOrDefault(p => p.Name == name)
        : index < method.Parameters.Length ? method.Parameters[index]
        : method.Parameters is [.., { IsParams: true } last] ? last
        : null;

    private static string Code(IMethodSymbol[] methods)
    {
        var lines = methods.Take(MostOverloads).Select(m => m.ToDisplayString(Signature));
        return $"```csharp\n{string.Join('\n', lines)}\n```{(methods.Length > MostOverloads ? $"\n\nand {methods.Length - MostOverloads} more" : "")}";
    }
}
