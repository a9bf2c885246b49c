using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Zephyr.Notebooks.Display;

/// <summary>Text into markup and back.</summary>
internal static class Markup
{
    /// <summary>
    /// Text that means itself in HTML and in SVG, between tags and inside quoted attributes. Characters that XML cannot hold become U+FFFD.
    /// Dollar signs are written as entities, because notebook viewers typeset mathematics inside HTML outputs.
    /// </summary>
    public static string Escape(string? text)
    {
        var result = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => result.Append("&amp;"),
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                '"' => result.Append("&quot;"),
                '\'' => result.Append("&#39;"),
                '$' => result.Append("&#36;"),
                '\\' => result.Append("&#92;"),
                _ => result.Append(IsXml(rune.Value) ? rune.ToString() : "\uFFFD"),
            };
        }

        return result.ToString();
    }

    /// <summary>Text as it is, but for characters that XML cannot hold; those become U+FFFD.</summary>
    public static string Clean(string? text)
    {
        var result = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            result.Append(IsXml(rune.Value) ? rune.ToString() : "\uFFFD");
        }

        return result.ToString();
    }

    /// <summary>Escaped, with line breaks that survive where white space and styles do not.</summary>
    public static string EscapeLines(string? text) => Escape((text ?? "").ReplaceLineEndings("\n")).Replace("\n", "<br/>", StringComparison.Ordinal);

    /// <summary>The text of well-formed markup, a line for each block.</summary>
    /// <exception cref="ArgumentException">The markup is not well-formed.</exception>
    public static string ToText(string markup)
    {
        var result = new StringBuilder();
        AppendText(Parse(markup), result);
        var lines = result.ToString().Split('\n').Select(line => line.TrimEnd());
        return string.Join('\n', lines).Trim('\n');
    }

    /// <summary>Parses a fragment as XML.</summary>
    /// <exception cref="ArgumentException">The markup is not well-formed.</exception>
    public static XElement Parse(string markup)
    {
        try
        {
            return XElement.Parse($"<fragment>{markup}</fragment>", LoadOptions.PreserveWhitespace);
        }
        catch (XmlException fault)
        {
            throw new ArgumentException($"The markup is not well-formed ({fault.Message}) Close every tag, quote every attribute: {markup}", nameof(markup), fault);
        }
    }

    private static bool IsXml(int character) => character is '\t' or '\n' or '\r' or (>= 0x20 and not 0xFFFE and not 0xFFFF);

    private static void AppendText(XElement element, StringBuilder result)
    {
        var name = element.Name.LocalName;
        var isBlock = name is "p" or "div" or "li" or "tr" or "table" or "ul" or "ol" or "pre" or "h1" or "h2" or "h3" or "h4" or "caption" or "br";
        foreach (var node in element.Nodes())
        {
            if (node is XText text)
            {
                result.Append(text.Value);
            }
            else if (node is XElement child)
            {
                AppendText(child, result);
            }
        }

        if (name is "td" or "th")
        {
            result.Append("  ");
        }
        else if (isBlock && (name == "br" || (result.Length > 0 && result[^1] != '\n')))
        {
            result.Append('\n');
        }
    }
}
