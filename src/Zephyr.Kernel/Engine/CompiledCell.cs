using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Zephyr.Kernel.Engine;

/// <summary>A cell as the compiler made it.</summary>
internal sealed class CompiledCell
{
    private static readonly EmitOptions Debuggable = new(debugInformationFormat: DebugInformationFormat.PortablePdb);

    /// <summary>Compiles.</summary>
    /// <param name="references">All that the cell may refer to.</param>
    /// <param name="compilation">The cell after those before it.</param>
    public CompiledCell(IReadOnlyList<MetadataReference> references, CSharpCompilation compilation)
    {
        (References, Compilation) = (references, compilation);
        using MemoryStream image = new(), symbols = new();
        var result = compilation.Emit(image, symbols, options: Debuggable);
        Errors = [.. result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
        (Image, Symbols) = (image.ToArray(), symbols.ToArray());
        Names = Errors.Count == 0 ? new(compilation) : null;
        using var file = Image.Length > 0 ? new PEReader(ImmutableCollectionsMarshal.AsImmutableArray(Image)) : null;
        if (file?.GetMetadataReader() is { } metadata)
        {
            AssemblyNames = [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
            HasNumberedTypes = metadata.TypeDefinitions.Any(handle => IsNumbered(metadata.GetString(metadata.GetTypeDefinition(handle).Name)));
        }
    }

    /// <summary>Refuses a cell.</summary>
    /// <param name="refused">As the compiler made it.</param>
    /// <param name="errors">Why it cannot run.</param>
    public CompiledCell(CompiledCell refused, IReadOnlyList<Diagnostic> errors) =>
        (References, Compilation, Image, Symbols, Errors) = (refused.References, refused.Compilation, [], [], errors);

    /// <summary>All that the cell may refer to.</summary>
    public IReadOnlyList<MetadataReference> References { get; }

    /// <summary>What the next cell follows.</summary>
    public CSharpCompilation Compilation { get; }

    /// <summary>What it declares and mentions; null where it cannot run.</summary>
    public CellNames? Names { get; }

    /// <summary>Why it cannot run; empty where it can.</summary>
    public IReadOnlyList<Diagnostic> Errors { get; }

    /// <summary>The assembly; empty where there is no code but usings.</summary>
    public byte[] Image { get; }

    /// <summary>The assemblies that it refers to.</summary>
    public IReadOnlyList<string> AssemblyNames { get; } = [];

    /// <summary>Whether it has types that later cells with such code share, and that the compiler names by the cells before: of <c>new { }</c>, queries, lambdas without a type.</summary>
    public bool HasNumberedTypes { get; }

    /// <summary>Its debug information.</summary>
    public byte[] Symbols { get; }

    private static bool IsNumbered(string type) =>
        type.StartsWith("<>f__Anonymous", StringComparison.Ordinal) || type.StartsWith("<>A", StringComparison.Ordinal) || type.StartsWith("<>F", StringComparison.Ordinal);
}
