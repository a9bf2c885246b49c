using System.Collections;
using System.Net;
using System.Text;

namespace Zephyr.Kernel.Display;

/// <summary>Values in HTML: those with named parts as tables, all others as their plain text.</summary>
internal static class HtmlText
{
    /// <summary>A value in HTML; everything that came from it is escaped.</summary>
    /// <param name="value">The value.</param>
    /// <param name="plain">Its plain text.</param>
    public static string Of(object? value, string plain) => Table(value) ?? $"<pre style=\"white-space:pre-wrap;margin:0\">{WebUtility.HtmlEncode(plain)}</pre>";

    private static string? Table(object? value) => value switch
    {
        null or string or Exception => null,
        IDictionary entries => Entries(entries),
        IEnumerable items => Rows([.. items.Cast<object?>().Take(PlainText.MostItems + 1)]),
        _ => PlainText.HasNamedValues(value.GetType()) ? Members(value) : null,
    };

    private static string Entries(IDictionary entries)
    {
        var html = new StringBuilder("<table><thead><tr><th>key</th><th>value</th></tr></thead><tbody>");
        var count = 0;
        foreach (DictionaryEntry entry in entries)
        {
            if (count++ == PlainText.MostItems)
            {
                html.Append($"<tr><td colspan=\"2\">… {entries.Count - PlainText.MostItems} more</td></tr>");
                break;
            }

            Row(html, [entry.Key, entry.Value]);
        }

        return html.Append("</tbody></table>").ToString();
    }

    private static string? Rows(IReadOnlyList<object?> items)
    {
        if (items is not [{ } first, ..] || !PlainText.HasNamedValues(first.GetType()) || items.Any(item => item?.GetType() != first.GetType()))
        {
            return null;
        }

        var properties = PlainText.Properties(first.GetType());
        var html = new StringBuilder("<table><thead><tr>");
        html.AppendJoin("", properties.Select(p => $"<th>{WebUtility.HtmlEncode(p.Name)}</th>")).Append("</tr></thead><tbody>");
        foreach (var item in items.Take(PlainText.MostItems))
        {
            Row(html, properties.Select(p => p.GetValue(item)));
        }

        if (items.Count > PlainText.MostItems)
        {
            html.Append($"<tr><td colspan=\"{properties.Count}\">… more</td></tr>");
        }

        return html.Append("</tbody></table>").ToString();
    }

    private static string Members(object value)
    {
        var html = new StringBuilder("<table><tbody>");
        foreach (var property in PlainText.Properties(value.GetType()))
        {
            html.Append($"<tr><th>{WebUtility.HtmlEncode(property.Name)}</th><td>{Text(property.GetValue(value))}</td></tr>");
        }

        return html.Append("</tbody></table>").ToString();
    }

    private static void Row(StringBuilder html, IEnumerable<object?> cells) =>
        html.Append("<tr>").AppendJoin("", cells.Select(cell => $"<td>{Text(cell)}</td>")).Append("</tr>");

    private static string Text(object? value) => WebUtility.HtmlEncode(value as string ?? PlainText.Inner(value));
}
