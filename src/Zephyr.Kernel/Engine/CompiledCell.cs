using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
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
    }

    /// <summary>All that the cell may refer to.</summary>
    public IReadOnlyList<MetadataReference> References { get; }

    /// <summary>What the next cell follows.</summary>
    public CSharpCompilation Compilation { get; }

    /// <summary>Why it cannot run; empty where it can.</summary>
    public IReadOnlyList<Diagnostic> Errors { get; }

    /// <summary>The assembly; empty where there is no code but usings.</summary>
    public byte[] Image { get; }

    /// <summary>Its debug information.</summary>
    public byte[] Symbols { get; }

    /// <summary>
    /// Whether a later cell can see something of it: a variable, a method, a type, a using; or an anonymous type, which is the same as one with the same names in
    /// a later cell.
    /// </summary>
    public bool Declares =>
        Compilation.ScriptClass!.GetMembers().Any(member => !member.IsImplicitlyDeclared)
        || Compilation.SyntaxTrees.Select(tree => tree.GetRoot()).Any(root => root is CompilationUnitSyntax { Usings.Count: > 0 }
            || root.DescendantNodes().Any(node => node is AnonymousObjectCreationExpressionSyntax));
}
