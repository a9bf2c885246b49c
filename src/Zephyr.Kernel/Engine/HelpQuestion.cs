using System.Text.RegularExpressions;

namespace Zephyr.Kernel.Engine;

/// <summary>A cell that asks what a name means, as in IPython: <c>Math.Max?</c> or <c>?Math.Max</c>. It is no C#, so no other cell looks like one.</summary>
/// <param name="Name">What is asked about.</param>
/// <param name="Everything">Whether two marks ask for remarks and examples too.</param>
internal sealed partial record HelpQuestion(string Name, bool Everything)
{
    /// <summary>The question that a cell is; null for a cell that runs.</summary>
    public static HelpQuestion? Of(string code) => Form().Match(code) is { Success: true } match
        ? new(match.Groups["name"].Value, match.Groups["before"].Length + match.Groups["after"].Length > 1)
        : null;

    [GeneratedRegex(@"^\s*((?<before>\?{1,2})\s*(?<name>[\p{L}_][\w.]*)|(?<name>[\p{L}_][\w.]*)\s*(?<after>\?{1,2}))\s*$")]
    private static partial Regex Form();
}
