using Microsoft.CodeAnalysis;
using Zephyr.Kernel.References;

namespace Zephyr.Kernel.Engine;

/// <summary>All that a cell brings in before it is compiled.</summary>
/// <param name="Directives">What the cell says to the kernel, and its code.</param>
/// <param name="Files">The texts of the files that it loads, by full path.</param>
internal sealed record CellInput(Directives Directives, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>Reads the files that a cell loads, and loads the assemblies and packages that it and they ask for.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="references">The session's.</param>
    /// <param name="add">Receives the assemblies that no earlier cell asked for, as soon as they are loaded.</param>
    /// <param name="stop">Gives up.</param>
    /// <param name="input">Null after an error.</param>
    /// <returns>An error that names the line to blame; null without one.</returns>
    public static CellError? Read(
        CellSource cell, SessionReferences references, Action<IReadOnlyList<MetadataReference>> add, CancellationToken stop, out CellInput? input)
    {
        input = null;
        var line = 1;
        try
        {
            var directives = Directives.Of(cell.Code);
            var files = new Dictionary<string, string>(StringComparer.Ordinal);
            var asked = new List<(string Target, int Line)>(directives.References);
            foreach (var load in directives.Loads)
            {
                line = load.Line;
                foreach (var (path, text) in LoadedSources.Walk(load.Target, null))
                {
                    files[path] = text;
                    asked.AddRange(Directives.Of(text).References.Select(r => (PackageRequest.IsOne(r.Target) ? r.Target : LoadedSources.FullPath(r.Target, path), load.Line)));
                }
            }

            foreach (var (target, at) in asked.Where(a => !PackageRequest.IsOne(a.Target)))
            {
                line = at;
                add(references.AddFile(target));
            }

            var packages = new List<PackageRequest>();
            foreach (var (target, at) in asked.Where(a => PackageRequest.IsOne(a.Target)))
            {
                line = at;
                packages.Add(PackageRequest.Parse(target));
            }

            add(references.AddPackages(packages, stop)); // together; the last line stands for all of them
            input = new(directives, files);
            return null;
        }
        catch (OperationCanceledException)
        {
            return CellError.Interrupted;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or FormatException or BadImageFormatException)
        {
            return ErrorReport.AtLine(cell, line, exception);
        }
    }
}
