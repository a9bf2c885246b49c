using System.Text;
using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks;

/// <summary>Texts beside each other: the same prompt answered by several models, or a chosen and a rejected reply.</summary>
/// <example><c>new SideBySide("base", "dSFT", "dDPO").Row("How do tides work?", a, b, c)</c></example>
[TypeFormatterSource(typeof(HtmlFormatters), PreferredMimeTypes = [Mime.Html, Mime.Text])]
public sealed class SideBySide : IDisplayed
{
    private readonly string[] _headings;
    private readonly List<(string Label, Html[] Cells)> _rows = [];

    /// <summary>An empty table with these columns.</summary>
    public SideBySide(params string[] headings)
    {
        ArgumentOutOfRangeException.ThrowIfZero(headings.Length);
        _headings = headings;
    }

    /// <summary>Adds a row.</summary>
    /// <param name="label">What the texts answer; stands above them, over the whole width.</param>
    /// <param name="cells">One for each column: text, which is escaped, or <see cref="Html"/>.</param>
    /// <exception cref="ArgumentException">There are not as many cells as columns.</exception>
    public SideBySide Row(string label, params object[] cells)
    {
        if (cells.Length != _headings.Length)
        {
            throw new ArgumentException($"There are {_headings.Length} columns ({string.Join(", ", _headings)}) but {cells.Length} cells in the row \"{label}\".");
        }

        _rows.Add((label, [.. cells.Select(cell => cell as Html ?? Html.FromText(cell?.ToString() ?? ""))]));
        return this;
    }

    /// <inheritdoc/>
    public string? Render(string mimeType) => mimeType switch
    {
        Mime.Html => ToHtml(),
        Mime.Text => ToString(),
        _ => null,
    };

    /// <summary>Each row as a paragraph, the heading before each text.</summary>
    public override string ToString()
    {
        var lines = _rows.SelectMany(row => row.Cells.Select((cell, i) => $"  {_headings[i]}: {cell}").Prepend(row.Label));
        return string.Join('\n', lines.Where(line => line.Length > 0));
    }

    private string ToHtml()
    {
        var result = new StringBuilder("<table><thead><tr>");
        foreach (var heading in _headings)
        {
            result.Append($"<th align=\"left\" style=\"text-align:left\">{Markup.Escape(heading)}</th>");
        }

        result.Append("</tr></thead><tbody>");
        foreach (var (label, cells) in _rows)
        {
            if (label.Length > 0)
            {
                result.Append($"<tr><td colspan=\"{_headings.Length}\" align=\"left\" style=\"text-align:left\"><i>{Markup.EscapeLines(label)}</i></td></tr>");
            }

            result.Append("<tr>");
            foreach (var cell in cells)
            {
                result.Append($"<td align=\"left\" valign=\"top\" style=\"text-align:left;vertical-align:top\">{cell.Render(Mime.Html)}</td>");
            }

            result.Append("</tr>");
        }

        return result.Append("</tbody></table>").ToString();
    }
}
