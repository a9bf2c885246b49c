using Zephyr.Kernel.References;

namespace Zephyr.Kernel.Notebook.Export;

/// <summary>What a program of one file references in the place of <c>#r</c> lines: projects and packages, the only things that it can.</summary>
internal static class ProgramReferences
{
    /// <summary>The line for one <c>#r</c>.</summary>
    /// <param name="target">As written in the cell.</param>
    /// <param name="from">The notebook's folder.</param>
    /// <param name="to">The program's folder.</param>
    /// <exception cref="InvalidDataException">It is an assembly, and the project that makes it is not found.</exception>
    public static string Directive(string target, string from, string to)
    {
        if (PackageRequest.IsOne(target))
        {
            var package = PackageRequest.Parse(target);
            return $"#:package {package.Id}@{package.Version}";
        }

        var assembly = Path.GetFullPath(target, from);
        var project = Project(assembly) ?? throw new InvalidDataException(
            $"#r \"{target}\": there is no {Path.GetFileNameWithoutExtension(assembly)}.csproj above it or in the folder of its solution. A program of one file can reference projects and packages only.");
        return $"#:project {Path.GetRelativePath(to, project).Replace('\\', '/')}";
    }

    /// <summary>The project that an assembly is built from: above it (<c>bin/Release/...</c>), or below the folder that holds <c>artifacts</c>.</summary>
    private static string? Project(string assembly)
    {
        var file = Path.GetFileNameWithoutExtension(assembly) + ".csproj";
        for (var folder = Directory.GetParent(assembly); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, file)))
            {
                return Path.Combine(folder.FullName, file);
            }

            if (folder is { Name: "artifacts", Parent: { } solution })
            {
                var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true };
                return solution.EnumerateFiles(file, options).OrderBy(found => found.FullName.Length).FirstOrDefault()?.FullName;
            }
        }

        return null;
    }
}
