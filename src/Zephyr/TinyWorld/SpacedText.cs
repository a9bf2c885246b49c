using System.Text;
using System.Text.RegularExpressions;

namespace Zephyr.TinyWorld;

/// <summary>Text as words and marks: "Yes, both live." is Yes + , + both + live + .</summary>
internal static partial class SpacedText
{
    /// <summary>Words and the marks . , ? : in order.</summary>
    public static string[] Split(string text) => Marks().Replace(text, " $0 ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The opposite: no blank before a mark.</summary>
    public static string Join(IEnumerable<string> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (text.Length > 0 && part is not ("." or "," or "?" or ":"))
            {
                text.Append(' ');
            }

            text.Append(part);
        }

        return text.ToString();
    }

    /// <summary>Whether the text holds anything but letters, the four marks and white space: tags, digits, stray bytes.</summary>
    public static bool HoldsForeign(string text) => Foreign().IsMatch(text);

    /// <summary>The same text with its first letter in upper case.</summary>
    public static string Capitalised(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    [GeneratedRegex("[.,?:]")]
    private static partial Regex Marks();

    [GeneratedRegex(@"[^A-Za-z.,?:\s]")]
    private static partial Regex Foreign();
}
