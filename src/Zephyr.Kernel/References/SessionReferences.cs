using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Zephyr.Kernel.Assist;

namespace Zephyr.Kernel.References;

/// <summary>
/// What cells may reference: the framework, the words of the kernel, each <c>#r "path.dll"</c> together with those of its own
/// references that lie beside it, and each <c>#r "nuget: Id, Version"</c> whole.
/// </summary>
internal sealed class SessionReferences
{
    private static readonly Dictionary<string, string> Trusted =
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .DistinctBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase)
        .ToDictionary(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase);

    private static readonly string FrameworkFolder = RuntimeEnvironment.GetRuntimeDirectory();

    private static readonly LoadedAssemblies Loaded = new();

    private readonly HashSet<string> _referenced = new(StringComparer.OrdinalIgnoreCase); // simple names
    private readonly SessionPackages _packages = new();

    /// <summary>The references of the first cell. Each call makes new ones: the compiler shares what it knows of equal ones, which confuses
    /// two sessions that compile at the same time.</summary>
    public static IReadOnlyList<MetadataReference> Framework() =>
    [
        .. Trusted.Values.Where(IsFramework).Select(path => MappedAssembly.Reference(path, DocumentationFiles.Framework)),
        Documented(typeof(SessionReferences).Assembly.Location),
    ];

    /// <summary>Loads an assembly and what it needs from its folder, or nothing of it.</summary>
    /// <param name="path">As written in the cell; relative to the working directory, which is the notebook's folder.</param>
    /// <returns>The references that are new.</returns>
    /// <exception cref="FileNotFoundException">There is no such file; the message says how to make it.</exception>
    /// <exception cref="BadImageFormatException">The file holds no assembly.</exception>
    /// <exception cref="InvalidOperationException">Another version is loaded; the message names both.</exception>
    public IReadOnlyList<MetadataReference> AddFile(string path)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new FileNotFoundException(
                $"#r \"{path}\": there is no such file from {Directory.GetCurrentDirectory()}. Build it first, in the folder of the solution: dotnet build -c Release");
        }

        var first = ManagedFile.Read(full) ?? throw new BadImageFormatException($"#r \"{path}\": the file holds no .NET assembly.");
        if (Trusted.TryGetValue(first.Name, out var framework) && IsFramework(framework))
        {
            return []; // every cell has it
        }

        if (Known(first.Name) is { } known && known.Build != first.Build && known.Path != full)
        {
            throw Conflict($"#r \"{path}\"", first, known);
        }

        var wanted = new Dictionary<string, ManagedFile>(StringComparer.OrdinalIgnoreCase) { [first.Name] = first };
        for (var open = new Queue<ManagedFile>([first]); open.TryDequeue(out var file);)
        {
            foreach (var (name, version) in file.References)
            {
                var beside = Path.Combine(Path.GetDirectoryName(file.Path)!, name + ".dll");
                if (wanted.ContainsKey(name) || !File.Exists(beside) || (Trusted.TryGetValue(name, out var own) && IsFramework(own)))
                {
                    continue;
                }

                if (Known(name) is { } has && has.Version < version)
                {
                    throw Conflict($"{Path.GetFileName(file.Path)} needs {name} {version}", ManagedFile.Read(beside), has);
                }

                if (ManagedFile.Read(beside) is { } next)
                {
                    wanted[name] = next;
                    open.Enqueue(next);
                }
            }
        }

        return Take(wanted.Values, mayBeBuiltAgain: true);
    }

    /// <summary>Loads packages, each whole, or nothing of them.</summary>
    /// <param name="packages">What a cell asks for.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>The references that are new.</returns>
    /// <exception cref="InvalidOperationException">They cannot be restored, with the SDK's reason; or another version is loaded, with both.</exception>
    public IReadOnlyList<MetadataReference> AddPackages(IReadOnlyList<PackageRequest> packages, CancellationToken stop)
    {
        if (_packages.Restore(packages, stop) is not { } restored)
        {
            return [];
        }

        foreach (var (file, package) in restored.Assemblies)
        {
            if (Known(file.Name) is { } known && known.Build != file.Build)
            {
                throw Conflict($"#r \"nuget: {package}\"", file, known);
            }
        }

        var added = Take(restored.Assemblies.Select(a => a.File), mayBeBuiltAgain: false);
        restored.Keep();
        return added;
    }

    /// <summary>What a reader must know of the files that this session's cells reference, each said once: which of them were built again since they were loaded.</summary>
    public IEnumerable<string> News() => Loaded.News(_referenced);

    private static bool IsFramework(string path) => path.StartsWith(FrameworkFolder, StringComparison.Ordinal);

    private static PortableExecutableReference Documented(string path) => MetadataReference.CreateFromFile(path, documentation: DocumentationFiles.Beside(path));

    /// <summary>The assembly of a name that this process has or is sure to take, wherever it came from.</summary>
    private static ManagedFile? Known(string name) =>
        Loaded.Find(name) ?? (Trusted.TryGetValue(name, out var trusted) && !IsFramework(trusted) ? ManagedFile.Read(trusted) : null);

    private static InvalidOperationException Conflict(string asker, ManagedFile? wanted, ManagedFile known)
    {
        var place = Trusted.ContainsKey(known.Name) ? "is a part of the kernel itself" : $"is loaded from {known.Path}; restart the kernel to choose another";
        return new($"{asker}: {wanted?.Described} cannot be loaded, because {known.Described} {place}.");
    }

    private List<MetadataReference> Take(IEnumerable<ManagedFile> files, bool mayBeBuiltAgain)
    {
        var added = new List<MetadataReference>();
        foreach (var file in files)
        {
            var path = Loaded.Find(file.Name) is null && Known(file.Name) is { } own ? Loaded.AddOwn(own) : Loaded.Add(file, mayBeBuiltAgain);
            if (_referenced.Add(file.Name))
            {
                added.Add(Documented(path));
            }
        }

        return added;
    }
}
