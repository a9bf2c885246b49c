using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.CodeAnalysis;

namespace Zephyr.Kernel.Assist;

/// <summary>
/// The documentation that a compiler wrote beside an assembly, read when it is asked for. Files are searched as bytes: they are large, and
/// a reader asks for few members.
/// </summary>
internal sealed class DocumentationFiles : DocumentationProvider
{
    private readonly Func<string, IEnumerable<string>> _files;
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    private DocumentationFiles(Func<string, IEnumerable<string>> files) => _files = files;

    /// <summary>The framework's, from the reference pack of the SDK; silent where there is no SDK.</summary>
    public static DocumentationFiles Framework { get; } = new(FrameworkFiles);

    /// <summary>Of one assembly.</summary>
    /// <param name="assembly">Its file; the documentation has the same name and ends in <c>.xml</c>.</param>
    public static DocumentationFiles Beside(string assembly) => new(_ => [Path.ChangeExtension(assembly, ".xml")]);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <inheritdoc/>
    public override int GetHashCode() => _files.GetHashCode();

    /// <summary>The elements that document a member, or nothing.</summary>
    /// <param name="documentationMemberID">As the compiler names it: <c>M:System.String.Trim</c>.</param>
    /// <param name="preferredCulture">Not used: there is one language.</param>
    /// <param name="cancellationToken">Not used: the search takes milliseconds.</param>
    protected override string GetDocumentationForSymbol(string documentationMemberID, CultureInfo preferredCulture, CancellationToken cancellationToken) =>
        _known.GetOrAdd(documentationMemberID, id => _files(id).Where(File.Exists).Select(file => Find(File.ReadAllBytes(file), id)).FirstOrDefault(found => found is not null) ?? "");

    private static string? Find(ReadOnlySpan<byte> file, string id)
    {
        var name = Encoding.UTF8.GetBytes($"name=\"{id}\"");
        var start = file.IndexOf(name);
        if (start < 0)
        {
            return null;
        }

        file = file[(start + name.Length)..];
        var open = file.IndexOf((byte)'>');
        if (open > 0 && file[open - 1] == '/')
        {
            return ""; // an empty element
        }

        var end = file.IndexOf("</member>"u8);
        return end < 0 ? "" : Encoding.UTF8.GetString(file[(open + 1)..end]);
    }

    private static IEnumerable<string> FrameworkFiles(string id)
    {
        var packs = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref"));
        var version = $"{Environment.Version.Major}.{Environment.Version.Minor}";
        var pack = Directory.Exists(packs) ? Directory.GetDirectories(packs, version + ".*").OrderByDescending(Directory.GetLastWriteTimeUtc).FirstOrDefault() : null;
        if (pack is null)
        {
            return [];
        }

        var member = id[2..];
        int Likeness(string file) => Path.GetFileNameWithoutExtension(file) is var name && name == "System.Runtime" ? 1
            : member.StartsWith(name + ".", StringComparison.Ordinal) ? name.Length
            : 0;
        return Directory.GetFiles(Path.Combine(pack, "ref", "net" + version), "*.xml").OrderByDescending(Likeness).ThenByDescending(file => new FileInfo(file).Length);
    }
}
