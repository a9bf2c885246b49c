using System.Globalization;
using System.Text;
using Microsoft.Data.Analysis;
using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks;

/// <summary>Rows and results as a table: a <see cref="DataFrame"/> that can be filtered and sorted, shown as plain HTML and as aligned text.</summary>
/// <example><c>Table.Of(pairs.Select(p => new { p.Prompt, p.Margin }))</c></example>
[TypeFormatterSource(typeof(HtmlFormatters), PreferredMimeTypes = [Mime.Html, Mime.Text])]
public sealed class Table : IDisplayed
{
    private const int LongestText = 160;
    private readonly string _title;
    private readonly int _rowsShown;

    private Table(DataFrame frame, string title, int rowsShown)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsShown, 1);
        (Frame, _title, _rowsShown) = (frame, title, rowsShown);
    }

    /// <summary>The values, for filtering, sorting and grouping.</summary>
    public DataFrame Frame { get; }

    /// <summary>A row for each value, a column for each public property, in the order of declaration.</summary>
    /// <param name="rows">Records or anonymous objects.</param>
    /// <param name="title">Stands above the table.</param>
    /// <param name="rowsShown">Further rows are counted, not shown.</param>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no public properties.</exception>
    public static Table Of<T>(IEnumerable<T> rows, string title = "", int rowsShown = 20) => new(Frames.Of(rows), title, rowsShown);

    /// <summary>A table of a frame that exists already.</summary>
    public static Table Of(DataFrame frame, string title = "", int rowsShown = 20) => new(frame, title, rowsShown);

    /// <inheritdoc/>
    public string? Render(string mimeType) => mimeType switch
    {
        Mime.Html => ToHtml(),
        Mime.Text => ToString(),
        _ => null,
    };

    /// <summary>Columns aligned with spaces; numbers to the right.</summary>
    public override string ToString()
    {
        var (heads, rows, isNumber) = Cells();
        var lines = rows.Prepend(heads).Select(row => row.Select(OneLine).ToArray()).ToList();
        var widths = heads.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        var result = new StringBuilder(_title.Length > 0 ? _title + "\n" : "");
        foreach (var line in lines)
        {
            var cells = line.Select((cell, column) => isNumber[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            result.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        return result.Append(Remainder()).ToString().TrimEnd('\n');
    }

    private string ToHtml()
    {
        var (heads, rows, isNumber) = Cells();
        var result = new StringBuilder("<table>");
        if (_title.Length > 0)
        {
            result.Append("<caption><b>").Append(Markup.Escape(_title)).Append("</b></caption>");
        }

        result.Append("<thead>");
        AppendRow(result, heads, isNumber, "th");
        result.Append("</thead><tbody>");
        foreach (var row in rows)
        {
            AppendRow(result, row, isNumber, "td");
        }

        return result.Append("</tbody></table>").Append(Remainder() is { Length: > 0 } more ? $"<p>{Markup.Escape(more)}</p>" : "").ToString();
    }

    private static void AppendRow(StringBuilder result, string[] cells, bool[] isNumber, string tag)
    {
        result.Append("<tr>");
        for (var column = 0; column < cells.Length; column++)
        {
            var align = isNumber[column] ? "right" : "left";
            result.Append(CultureInfo.InvariantCulture, $"<{tag} align=\"{align}\" valign=\"top\" style=\"text-align:{align};vertical-align:top\">");
            result.Append(Markup.EscapeLines(cells[column])).Append("</").Append(tag).Append('>');
        }

        result.Append("</tr>");
    }

    private (string[] Heads, List<string[]> Rows, bool[] IsNumber) Cells()
    {
        var columns = Frame.Columns.ToArray();
        var shown = (int)Math.Min(Frame.Rows.Count, _rowsShown);
        var isNumber = columns.Select(column => column.IsNumericColumn()).ToArray();
        var formats = columns.Select((column, i) => isNumber[i] ? Numbers.ColumnFormat(NumbersOf(column, shown)) : null).ToArray();
        var rows = Enumerable.Range(0, shown).Select(row => columns.Select((column, i) => Cell(column[row], formats[i])).ToArray()).ToList();
        return ([.. columns.Select(column => column.Name)], rows, isNumber);
    }

    private static IEnumerable<double> NumbersOf(DataFrameColumn column, int rows) =>
        Enumerable.Range(0, rows).Where(row => column[row] is not null).Select(row => Convert.ToDouble(column[row], CultureInfo.InvariantCulture));

    private static string Cell(object? value, Func<double, string>? format) => value switch
    {
        null => "",
        bool truth => truth ? "yes" : "no",
        _ when format is not null => format(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        _ => Shortened(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };

    private static string Shortened(string text)
    {
        var end = text.Length > LongestText && char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText;
        return text.Length <= LongestText ? text : text[..end].TrimEnd() + " …";
    }

    private static string OneLine(string text) => text.ReplaceLineEndings("⏎");

    private string Remainder() => Frame.Rows.Count > _rowsShown ? $"… and {Frame.Rows.Count - _rowsShown} more rows" : "";
}
