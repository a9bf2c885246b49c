using System.Reflection;
using System.Runtime.Loader;

namespace Zephyr.Kernel.Engine;

/// <summary>The code of cells in this process. It is unloaded once the session has let go of it, and nothing of it runs or is referred to any more.</summary>
internal sealed class CellAssemblies
{
    private readonly Dictionary<string, WeakReference<Assembly>> _seen = new(StringComparer.Ordinal); // by name

    /// <summary>Loads a cell.</summary>
    /// <param name="cell">Without errors.</param>
    /// <param name="isSeen">Whether later cells may refer to it.</param>
    public LoadedCell Load(CompiledCell cell, bool isSeen)
    {
        if (cell.Image.Length == 0)
        {
            return new(_ => Task.FromResult<object?>(null), null); // usings only, or nothing
        }

        var context = new Context(cell.AssemblyNames.Select(Find).OfType<Assembly>());
        var assembly = context.LoadFromStream(new MemoryStream(cell.Image), new MemoryStream(cell.Symbols));
        if (isSeen)
        {
            _seen[cell.Compilation.AssemblyName!] = new(assembly);
        }

        var entry = cell.Compilation.GetEntryPoint(CancellationToken.None)!;
        var method = assembly.GetType(entry.ContainingType.MetadataName, throwOnError: true)!.GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!;
        return new(method.CreateDelegate<Func<object?[], Task<object?>>>(), context);
    }

    /// <summary>Forgets the names of what is unloaded.</summary>
    public void Prune()
    {
        foreach (var (name, _) in _seen.Where(entry => !entry.Value.TryGetTarget(out _)))
        {
            _seen.Remove(name);
        }
    }

    private Assembly? Find(string name) => _seen.TryGetValue(name, out var found) && found.TryGetTarget(out var assembly) ? assembly : null;

    /// <param name="others">The cells that this one refers to. Some of it may run when the session has forgotten them.</param>
    private sealed class Context(IEnumerable<Assembly> others) : AssemblyLoadContext("cells", isCollectible: true)
    {
        private readonly Dictionary<string, Assembly> _others = others.ToDictionary(other => other.GetName().Name!, StringComparer.Ordinal);

        protected override Assembly? Load(AssemblyName assemblyName) => _others.GetValueOrDefault(assemblyName.Name!);
    }
}
