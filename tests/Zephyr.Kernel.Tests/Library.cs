using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Zephyr.Kernel.Tests;

/// <summary>Builds small assemblies as a project would.</summary>
internal static class Library
{
    /// <summary>Compiles one, with its symbols and documentation beside it.</summary>
    /// <returns>The path of the dll.</returns>
    public static string Compile(string folder, string name, string code, params string[] references)
    {
        var path = Path.Combine(folder, name + ".dll");
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), path: $"{name}.cs")],
            [.. Directory.GetFiles(framework, "System.*.dll").Where(IsManaged).Select(f => MetadataReference.CreateFromFile(f)), .. references.Select(f => MetadataReference.CreateFromFile(f))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        using var dll = File.Create(path);
        using var symbols = File.Create(Path.ChangeExtension(path, ".pdb"));
        using var documentation = File.Create(Path.ChangeExtension(path, ".xml"));
        var result = compilation.Emit(dll, symbols, documentation, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return path;
    }

    /// <summary>A native library that is there on every Unix: the runtime's own. It has <c>SystemNative_GetPid</c>.</summary>
    public static string Native => Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), NativeName("System.Native"));

    /// <summary>The file name of a native library.</summary>
    public static string NativeName(string name) => OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";

    private static bool IsManaged(string path)
    {
        try
        {
            return AssemblyName.GetAssemblyName(path) is not null;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}
