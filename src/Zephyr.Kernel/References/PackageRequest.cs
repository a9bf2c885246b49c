using System.Text.RegularExpressions;

namespace Zephyr.Kernel.References;

/// <summary>A package that a cell asks for.</summary>
/// <param name="Id">As the feed knows it.</param>
/// <param name="Version">A version, which is then meant exactly, or a range in NuGet's notation; <c>*</c> for the newest.</param>
internal sealed partial record PackageRequest(string Id, string Version)
{
    private const string Prefix = "nuget:";

    /// <summary>Whether the text of an <c>#r</c> asks for a package.</summary>
    public static bool IsOne(string target) => target.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the version is one, not a range: such a request always has the same answer.</summary>
    public bool IsExact => Plain().IsMatch(Version);

    /// <summary>The version in the notation of a project file.</summary>
    public string Range => IsExact ? $"[{Version}]" : Version;

    /// <summary>Reads <c>nuget: Id, Version</c>.</summary>
    /// <exception cref="FormatException">It is not written so.</exception>
    public static PackageRequest Parse(string target) => Form().Match(target[Prefix.Length..]) is { Success: true } match
        ? new(match.Groups["id"].Value, match.Groups["version"] is { Success: true } version ? version.Value.Trim() : "*")
        : throw new FormatException($"#r \"{target}\": a package is asked for as #r \"nuget: Id, Version\", for example #r \"nuget: Humanizer.Core, 2.14.1\".");

    /// <inheritdoc/>
    public override string ToString() => $"{Id} {Version}";

    [GeneratedRegex(@"^\s*(?<id>[\w.-]+)\s*(,\s*(?<version>[\w.+*()\[\],\s-]+))?$")]
    private static partial Regex Form();

    [GeneratedRegex(@"^\d[\w.+-]*$")]
    private static partial Regex Plain();
}
