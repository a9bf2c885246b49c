using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace Zephyr.Kernel.Engine;

/// <summary>
/// What cells may reference: the framework, the words of the kernel, and each <c>#r "path.dll"</c> together with those of its own
/// references that lie beside it.
/// </summary>
internal sealed class ReferenceFolder
{
    private static readonly Dictionary<string, string> Trusted =
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .DistinctBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase)
        .ToDictionary(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase);

    private static readonly string FrameworkFolder = RuntimeEnvironment.GetRuntimeDirectory();

    private readonly Dictionary<string, string> _paths = new(StringComparer.OrdinalIgnoreCase); // simple name -> file

    /// <summary>The references of the first cell. Each call makes new ones: the compiler shares what it knows of equal ones, which confuses
    /// two sessions that compile at the same time.</summary>
    public static IReadOnlyList<MetadataReference> Framework() =>
    [
        .. Trusted.Values.Where(path => path.StartsWith(FrameworkFolder, StringComparison.Ordinal)).Select(path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(ReferenceFolder).Assembly.Location),
    ];

    /// <summary>Loads an assembly and what it needs from its folder.</summary>
    /// <param name="path">As written in the cell; relative to the working directory, which is the notebook's folder.</param>
    /// <returns>The references that are new.</returns>
    /// <exception cref="FileNotFoundException">There is no such file; the message says how to make it.</exception>
    /// <exception cref="NotSupportedException">The text asks for a package or a name, not for a file.</exception>
    public IReadOnlyList<MetadataReference> Add(string path)
    {
        if (path.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase))
        {
            throw new NotSupportedException(
                $"#r \"{path}\": this kernel references built files, not packages. Add the package to a project, build it, and reference the built dll.");
        }

        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new FileNotFoundException(
                $"#r \"{path}\": there is no such file from {Directory.GetCurrentDirectory()}. Build it first, in the folder of the solution: dotnet build -c Release");
        }

        var added = new List<MetadataReference>();
        AddFile(full, added);
        return added;
    }

    private void AddFile(string path, List<MetadataReference> added)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (_paths.TryGetValue(name, out var known))
        {
            return; // the same file again, or the same assembly from another folder: the first one stays loaded
        }

        if (Trusted.TryGetValue(name, out var trusted))
        {
            path = trusted; // already part of this process
        }

        _paths[name] = path;
        var assembly = path == trusted ? Assembly.Load(new AssemblyName(name)) : AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
        if (!path.StartsWith(FrameworkFolder, StringComparison.Ordinal))
        {
            added.Add(MetadataReference.CreateFromFile(path));
        }

        foreach (var needed in assembly.GetReferencedAssemblies())
        {
            var beside = Path.Combine(Path.GetDirectoryName(path)!, needed.Name + ".dll");
            if (File.Exists(beside) && !(Trusted.TryGetValue(needed.Name!, out var own) && own.StartsWith(FrameworkFolder, StringComparison.Ordinal)))
            {
                AddFile(beside, added);
            }
        }
    }
}
