using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Zephyr.Kernel.Engine;

/// <summary>Finds the files of <c>#load</c>: relative to the working directory, which is the notebook's folder, or to the file that loads them.</summary>
/// <param name="withChecks">Whether their loops get checks, as those of cells do.</param>
internal sealed class LoadedSources(bool withChecks) : SourceReferenceResolver
{
    /// <summary>All files that a cell loads, those that they load themselves included.</summary>
    /// <param name="path">As written.</param>
    /// <param name="from">The file that says so; null for a cell.</param>
    /// <returns>Full paths with their texts, each once.</returns>
    /// <exception cref="FileNotFoundException">One of them is not there.</exception>
    /// <exception cref="FormatException">One of them asks the kernel for something that it has not.</exception>
    public static IReadOnlyDictionary<string, string> Walk(string path, string? from)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        void Visit(string target, string? parent)
        {
            var full = FullPath(target, parent);
            if (found.ContainsKey(full))
            {
                return;
            }

            if (!File.Exists(full))
            {
                var source = parent is null ? "" : $", which {Path.GetFileName(parent)} loads";
                throw new FileNotFoundException($"#load \"{target}\"{source}: there is no file {full}.");
            }

            found[full] = Text(full);
            foreach (var (inner, _) in Directives.Of(found[full]).Loads)
            {
                Visit(inner, full);
            }
        }

        Visit(path, from);
        return found;
    }

    /// <summary>Where a file is, seen from the file or cell that names it.</summary>
    public static string FullPath(string path, string? from) =>
        Path.GetFullPath(path, from is not null && Path.IsPathRooted(from) ? Path.GetDirectoryName(from)! : Directory.GetCurrentDirectory());

    /// <inheritdoc/>
    public override string NormalizePath(string path, string? baseFilePath) => FullPath(path, baseFilePath);

    /// <inheritdoc/>
    public override string? ResolveReference(string path, string? baseFilePath) =>
        FullPath(path, baseFilePath) is var full && File.Exists(full) ? full : null;

    /// <inheritdoc/>
    public override Stream OpenRead(string resolvedPath) => new MemoryStream(Encoding.UTF8.GetBytes(Compiled(resolvedPath)));

    /// <inheritdoc/>
    public override SourceText ReadText(string resolvedPath) => SourceText.From(Compiled(resolvedPath), Encoding.UTF8);

    /// <inheritdoc/>
    public override bool Equals(object? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => withChecks ? 1 : 0;

    private static string Text(string path) => File.ReadAllText(path).ReplaceLineEndings("\n");

    private string Compiled(string path)
    {
        var code = Directives.Of(Text(path)).Code;
        return withChecks ? LoopChecks.Add(code) : code;
    }
}
