using System.Collections.Concurrent;
using System.IO.MemoryMappedFiles;
using Microsoft.CodeAnalysis;

namespace Zephyr.Kernel.References;

/// <summary>Assemblies of the framework as the compiler reads them, from mapped files: it looks at a small part of 70 MB, once a process.</summary>
internal static unsafe class MappedAssembly
{
    private static readonly ConcurrentDictionary<string, (nint Start, int Length)> Maps = new(StringComparer.Ordinal); // to the end of the process

    /// <summary>A new reference to a file that is never written to.</summary>
    public static PortableExecutableReference Reference(string path, DocumentationProvider documentation)
    {
        var (start, length) = Maps.GetOrAdd(path, Map);
        return AssemblyMetadata.Create(ModuleMetadata.CreateFromImage(start, length)).GetReference(documentation, filePath: path, display: path);
    }

    private static (nint Start, int Length) Map(string path)
    {
        var view = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read).CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return ((nint)start, checked((int)new FileInfo(path).Length));
    }
}
