using System.Composition;
using System.Composition.Hosting;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.Host.Mef;

namespace Zephyr.Kernel.Assist;

/// <summary>
/// The parts of Roslyn's workspace that the assistant is put together from. Found in the tables of the assemblies: the attributes of 15,000 types need not be
/// made for the 350 that are parts.
/// </summary>
internal static class AssistantParts
{
    /// <summary>Parts that offer names from namespaces which the cell does not use: a front end can put in the name, but not the using that it needs.</summary>
    private const string Unimported = "ImportCompletionProvider";

    /// <summary>The services of a workspace, with completion and explanations.</summary>
    public static MefHostServices Host() =>
        MefHostServices.Create(new ContainerConfiguration().WithParts(MefHostServices.DefaultAssemblies.SelectMany(Of)).CreateContainer());

    /// <summary>The parts that an assembly exports, without those that the assistant has no use for.</summary>
    /// <exception cref="InvalidOperationException">The assembly was made in memory.</exception>
    public static unsafe IEnumerable<Type> Of(Assembly assembly)
    {
        if (!assembly.TryGetRawMetadata(out var tables, out var length))
        {
            throw new InvalidOperationException($"{assembly.GetName().Name} has no metadata to read: load it from a file.");
        }

        var reader = new MetadataReader(tables, length);
        var exports = new Dictionary<EntityHandle, bool>(); // by constructor of the attribute
        HashSet<EntityHandle> parts = [];
        foreach (var handle in reader.CustomAttributes)
        {
            var attribute = reader.GetCustomAttribute(handle);
            if (attribute.Parent.Kind == HandleKind.TypeDefinition)
            {
                ref var export = ref CollectionsMarshal.GetValueRefOrAddDefault(exports, attribute.Constructor, out var known);
                export = known ? export : Exports(assembly.ManifestModule.ResolveMethod(MetadataTokens.GetToken(attribute.Constructor))!.DeclaringType!);
                _ = export && parts.Add(attribute.Parent);
            }
        }

        return [.. parts.Select(part => assembly.ManifestModule.ResolveType(MetadataTokens.GetToken(part))).Where(type => !type.Name.EndsWith(Unimported, StringComparison.Ordinal))];
    }

    /// <summary>Code fixes and refactorings are left out: a kernel answers questions, and changes no code.</summary>
    private static bool Exports(Type attribute) =>
        attribute.IsAssignableTo(typeof(ExportAttribute)) && attribute != typeof(ExportCodeFixProviderAttribute) && attribute != typeof(ExportCodeRefactoringProviderAttribute);
}
