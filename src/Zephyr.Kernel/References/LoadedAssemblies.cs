using System.Reflection;
using System.Runtime.Loader;

namespace Zephyr.Kernel.References;

/// <summary>The assemblies that cells brought into this process. They stay to its end.</summary>
internal sealed class LoadedAssemblies
{
    private readonly Dictionary<string, Entry> _all = new(StringComparer.OrdinalIgnoreCase); // by simple name
    private string? _faultTold;

    /// <summary>The one of a name, as it was when it was loaded.</summary>
    public ManagedFile? Find(string name) => _all.GetValueOrDefault(name)?.File;

    /// <summary>Takes an assembly that is part of the kernel.</summary>
    /// <returns>The file that it is loaded from.</returns>
    public string AddOwn(ManagedFile file)
    {
        Assembly.Load(new AssemblyName(file.Name));
        _all[file.Name] = new(file, file.Path);
        return file.Path;
    }

    /// <summary>Loads an assembly, if none of its name is there yet.</summary>
    /// <param name="file">As it is now.</param>
    /// <param name="mayBeBuiltAgain">Whether a copy is to be loaded, so that the file stays free.</param>
    /// <returns>The file that it is loaded from.</returns>
    public string Add(ManagedFile file, bool mayBeBuiltAgain)
    {
        if (_all.TryGetValue(file.Name, out var known))
        {
            return known.LoadedFrom;
        }

        var path = mayBeBuiltAgain ? ShadowCopies.Of(file.Path) : file.Path;
        AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
        _all[file.Name] = new(file, path);
        return path;
    }

    /// <summary>What happened to files since it was last asked.</summary>
    /// <param name="names">The simple names of the assemblies that matter.</param>
    public IEnumerable<string> News(IReadOnlySet<string> names)
    {
        if (ShadowCopies.Fault is { } fault && fault != _faultTold)
        {
            yield return _faultTold = fault;
        }

        var built = _all.Values.Where(entry => names.Contains(entry.File.Name) && entry.LoadedFrom != entry.File.Path && entry.IsBuiltAgain()).Select(entry => entry.File).ToArray();
        if (built.Length > 0)
        {
            yield return $"{string.Join(", ", built.Select(f => Path.GetFileName(f.Path)))}: built again since this kernel loaded "
                + $"{(built.Length == 1 ? "it" : "them")}. Cells go on with the old build; restart the kernel to take the new one.";
        }
    }

    private sealed class Entry(ManagedFile file, string loadedFrom)
    {
        private (DateTime, long) _seen = Stamp(file.Path);
        private Guid _told = file.Build;

        public ManagedFile File => file;

        public string LoadedFrom => loadedFrom;

        public bool IsBuiltAgain()
        {
            if (Stamp(file.Path) is var now && (now == _seen || now.Length == 0))
            {
                return false; // as before, or being built just now
            }

            var build = Current();
            if (build == Guid.Empty)
            {
                return false; // half written: looked at again before the next cell
            }

            _seen = now;
            (var before, _told) = (_told, build);
            return build != before && build != file.Build;
        }

        private static (DateTime Written, long Length) Stamp(string path) =>
            new FileInfo(path) is { Exists: true } info ? (info.LastWriteTimeUtc, info.Length) : (default, 0);

        private Guid Current()
        {
            try
            {
                return ManagedFile.Read(file.Path)?.Build ?? Guid.Empty;
            }
            catch (IOException)
            {
                return Guid.Empty; // the build holds it
            }
        }
    }
}
