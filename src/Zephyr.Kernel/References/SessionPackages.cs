namespace Zephyr.Kernel.References;

/// <summary>The packages of one session. Each is there in one version, from its first mention on.</summary>
internal sealed class SessionPackages
{
    private const string Own = "Microsoft.NETCore.App";

    private readonly Dictionary<string, string> _versions = new(StringComparer.OrdinalIgnoreCase); // id -> version
    private readonly HashSet<PackageRequest> _fulfilled = []; // a cell may be run again

    /// <summary>Restores packages beside those that the session has.</summary>
    /// <param name="wanted">What a cell asks for.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>The flat folder, what lies in it, and what to call when all of it was loaded; null when nothing of it is new.</returns>
    /// <exception cref="InvalidOperationException">It cannot be restored, or not together with what the session has.</exception>
    public (IReadOnlyList<(ManagedFile File, string Package)> Assemblies, Action Keep)? Restore(IReadOnlyList<PackageRequest> wanted, CancellationToken stop)
    {
        wanted = [.. wanted.Where(p => !_fulfilled.Contains(p))];
        foreach (var (id, version) in wanted)
        {
            if (_versions.TryGetValue(id, out var has) && version != "*" && !string.Equals(has, version, StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidOperationException($"#r \"nuget: {id}, {version}\": this session has {id} {has} loaded. Restart the kernel to take {version}.");
            }
        }

        var added = wanted.Where(p => !_versions.ContainsKey(p.Id)).ToArray();
        if (added.Length == 0)
        {
            return null;
        }

        var folder = PackageRestore.Restore([.. _versions.Select(p => new PackageRequest(p.Key, p.Value)), .. added], stop);
        var foreign = File.ReadAllLines(Path.Combine(folder, PackageProject.FrameworksName)).Where(f => f != Own).ToArray();
        if (foreign.Length > 0)
        {
            throw new InvalidOperationException($"{string.Join(", ", added.Select(p => p.ToString()))} asks for the shared framework {string.Join(", ", foreign)}; this kernel's process has only {Own}.");
        }

        var files = File.ReadAllLines(Path.Combine(folder, PackageProject.FilesName)).Select(line => line.Split('|')).ToArray();
        var assemblies = files
            .Where(f => f[0] == Path.GetFileName(f[0]) && f[0].EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
            .Select(f => (File: ManagedFile.Read(Path.Combine(folder, f[0])), Package: $"{f[1]} {f[2]}"))
            .Where(a => a.File is not null)
            .Select(a => (a.File!, a.Package));
        void Keep()
        {
            foreach (var file in files.Where(f => f[1].Length > 0))
            {
                _versions[file[1]] = file[2];
            }

            foreach (var (id, version) in added.Where(p => p.IsExact))
            {
                _versions.TryAdd(id, version); // also those without a file of their own
            }

            _fulfilled.UnionWith(wanted);
        }

        return ([.. assemblies], Keep);
    }
}
