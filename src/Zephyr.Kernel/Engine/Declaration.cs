using Microsoft.CodeAnalysis;

namespace Zephyr.Kernel.Engine;

/// <summary>Something that a cell declares for later ones. It holds nothing of the compiler's, which would hold all cells before.</summary>
/// <param name="Name">What later cells write.</param>
/// <param name="Key">What a later declaration must be like to stand in the place of this one, so that nothing finds this one any more.</param>
/// <param name="Kind">A variable is a field of the cell.</param>
/// <param name="IsStatic">Whether it belongs to no object: types, constants, what says so.</param>
/// <param name="MovableAs">The type of a variable that may be declared in another cell instead; null for all else.</param>
/// <param name="IsFoundUnnamed">Whether later cells may use it without its name: extensions.</param>
internal sealed record Declaration(string Name, string Key, SymbolKind Kind, bool IsStatic, string? MovableAs, bool IsFoundUnnamed)
{
    /// <summary>All by which a call may tell two functions of the same parameter types apart.</summary>
    private static readonly SymbolDisplayFormat Called = new(
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints,
        memberOptions: SymbolDisplayMemberOptions.IncludeParameters,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeParamsRefOut
            | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeOptionalBrackets);

    /// <summary>As the compiler sees it.</summary>
    public static Declaration Of(ISymbol symbol) => new(
        symbol.Name,
        (symbol.IsStatic ? "static " : "") + symbol switch
        {
            IMethodSymbol method => $"function {Signature(method.GetDocumentationCommentId()!)} {method.ToDisplayString(Called)}",
            INamedTypeSymbol type => $"type {type.MetadataName}",
            _ => $"variable {symbol.Name}{(CanBeCalled(symbol) ? "()" : "")}", // a call looks past what cannot be called
        },
        symbol.Kind,
        symbol.IsStatic || symbol is INamedTypeSymbol,
        symbol is IFieldSymbol field && MovedVariables.CanHold(field) ? field.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) : null,
        symbol is IMethodSymbol { IsExtensionMethod: true } or INamedTypeSymbol { IsStatic: true });

    private static string Signature(string id) => id[(id.IndexOf('.', StringComparison.Ordinal) + 1)..]; // behind "M:" and the class of the cell

    private static bool CanBeCalled(ISymbol variable) =>
        variable is IFieldSymbol { Type.TypeKind: TypeKind.Delegate or TypeKind.Dynamic or TypeKind.FunctionPointer }
            or IPropertySymbol { Type.TypeKind: TypeKind.Delegate or TypeKind.Dynamic or TypeKind.FunctionPointer } or IEventSymbol;
}
