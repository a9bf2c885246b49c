using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace Zephyr.Kernel.Engine;

/// <summary>The code of cells in this process: that of cells that stay is kept, that of others is unloaded when nothing of it runs or is referred to any more.</summary>
internal sealed class CellAssemblies
{
    private readonly ConcurrentDictionary<string, Assembly> _kept = new(StringComparer.Ordinal); // by name; code left running by earlier cells asks too
    private readonly Context _context;

    public CellAssemblies() => _context = new(_kept, isCollectible: false);

    /// <summary>Loads a cell.</summary>
    /// <param name="cell">Without errors.</param>
    /// <param name="stays">Whether later cells may refer to it.</param>
    public Lease Load(CompiledCell cell, bool stays)
    {
        if (cell.Image.Length == 0)
        {
            return new(_ => Task.FromResult<object?>(null), null); // usings only, or nothing
        }

        var context = stays ? _context : new Context(_kept, isCollectible: true);
        var assembly = context.LoadFromStream(new MemoryStream(cell.Image), new MemoryStream(cell.Symbols));
        if (stays)
        {
            _kept[cell.Compilation.AssemblyName!] = assembly;
        }

        var entry = cell.Compilation.GetEntryPoint(CancellationToken.None)!;
        var method = assembly.GetType(entry.ContainingType.MetadataName, throwOnError: true)!.GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!;
        return new(method.CreateDelegate<Func<object?[], Task<object?>>>(), stays ? null : context);
    }

    /// <summary>A loaded cell, until it has ended.</summary>
    /// <param name="start">Given the variables of the cells before it, runs it.</param>
    /// <param name="context">What is unloaded at the end; null where nothing is.</param>
    public sealed class Lease(Func<object?[], Task<object?>> start, AssemblyLoadContext? context) : IDisposable
    {
        /// <summary>Runs the cell.</summary>
        /// <param name="variables">Of the cells before it; it puts its own behind them.</param>
        public Task<object?> Start(object?[] variables) => start(variables);

        /// <summary>Lets go: the code stays for as long as something refers to it.</summary>
        public void Dispose() => context?.Unload();
    }

    private sealed class Context(ConcurrentDictionary<string, Assembly> kept, bool isCollectible) : AssemblyLoadContext("cells", isCollectible)
    {
        protected override Assembly? Load(AssemblyName assemblyName) => kept.GetValueOrDefault(assemblyName.Name!);
    }
}
