using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Zephyr.Kernel.Engine;

/// <summary>Variables of many cells as those of one.</summary>
internal static class MovedVariables
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Whether a declaration of its own, without a value, makes the same variable.</summary>
    public static bool CanHold(IFieldSymbol field) =>
        field is { IsConst: false, IsReadOnly: false, IsVolatile: false, IsStatic: false, IsFixedSizeBuffer: false, RefKind: RefKind.None }
        && field.GetAttributes().IsEmpty && CanName(field.Type);

    /// <summary>The cell that declares them all.</summary>
    public static string Code(IEnumerable<Declaration> variables) => string.Concat(variables.Select(variable => $"{variable.MovableAs} @{variable.Name};\n"));

    /// <summary>Copies the values.</summary>
    /// <param name="variables">Each with the cell that holds it.</param>
    /// <param name="target">The object that holds variables of the same names and types.</param>
    public static void Copy(IEnumerable<(StayingCell Cell, Declaration Declared)> variables, object target)
    {
        var targets = target.GetType().GetFields(Any).ToDictionary(field => field.Name, StringComparer.Ordinal);
        foreach (var cell in variables.GroupBy(variable => variable.Cell, variable => variable.Declared.Name))
        {
            var sources = cell.Key.Variables!.GetType().GetFields(Any).ToDictionary(field => field.Name, StringComparer.Ordinal);
            foreach (var name in cell)
            {
                targets[name].SetValue(target, sources[name].GetValue(cell.Key.Variables));
            }
        }
    }

    /// <summary>Whether a type has the same name in every cell: one of a library, made of such types only.</summary>
    private static bool CanName(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => CanName(array.ElementType),
        IDynamicTypeSymbol => true,
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.All(element => CanName(element.Type)),
        INamedTypeSymbol named => named is { TypeKind: not TypeKind.Error, IsAnonymousType: false, CanBeReferencedByName: true }
            && named.ContainingAssembly is { IsInteractive: false } && named.TypeArguments.All(CanName)
            && (named.ContainingType is null || CanName(named.ContainingType)),
        _ => false, // pointers
    };
}
