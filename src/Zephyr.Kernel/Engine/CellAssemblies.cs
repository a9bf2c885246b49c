using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;

namespace Zephyr.Kernel.Engine;

/// <summary>The code of cells in this process. Nearly all of it can be unloaded, once nothing of it runs or is referred to any more.</summary>
internal sealed class CellAssemblies
{
    private readonly ConcurrentDictionary<string, WeakReference<Assembly>> _seen = new(StringComparer.Ordinal); // by name; code left running by earlier cells asks too
    private readonly Context _forGood;

    public CellAssemblies() => _forGood = new(this, isCollectible: false);

    /// <summary>Loads a cell.</summary>
    /// <param name="cell">Without errors.</param>
    /// <param name="isSeen">Whether later cells may refer to it.</param>
    /// <param name="forGood">
    /// Whether it may stay to the end of the process. The runtime compiles such code again where it runs often; no such code can refer to code that can be unloaded.
    /// </param>
    public LoadedCell Load(CompiledCell cell, bool isSeen, bool forGood)
    {
        if (cell.Image.Length == 0)
        {
            return new(_ => Task.FromResult<object?>(null), null); // usings only, or nothing
        }

        var context = forGood && !RefersToCollectible(cell.Image) ? _forGood : new Context(this, isCollectible: true);
        var assembly = context.LoadFromStream(new MemoryStream(cell.Image), new MemoryStream(cell.Symbols));
        if (isSeen)
        {
            _seen[cell.Compilation.AssemblyName!] = new(assembly);
        }

        var entry = cell.Compilation.GetEntryPoint(CancellationToken.None)!;
        var method = assembly.GetType(entry.ContainingType.MetadataName, throwOnError: true)!.GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!;
        return new(method.CreateDelegate<Func<object?[], Task<object?>>>(), context.IsCollectible ? context : null);
    }

    /// <summary>Forgets the names of what is unloaded.</summary>
    public void Prune()
    {
        foreach (var (name, _) in _seen.Where(entry => !entry.Value.TryGetTarget(out Assembly? _)))
        {
            _seen.TryRemove(name, out _);
        }
    }

    private bool RefersToCollectible(byte[] image)
    {
        using var file = new PEReader(new MemoryStream(image));
        var metadata = file.GetMetadataReader();
        return metadata.AssemblyReferences.Any(handle => Find(metadata.GetString(metadata.GetAssemblyReference(handle).Name)) is { IsCollectible: true });
    }

    private Assembly? Find(string name) => _seen.TryGetValue(name, out var found) && found.TryGetTarget(out var assembly) ? assembly : null;

    private sealed class Context(CellAssemblies all, bool isCollectible) : AssemblyLoadContext("cells", isCollectible)
    {
        protected override Assembly? Load(AssemblyName assemblyName) => all.Find(assemblyName.Name!);
    }
}
