using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Notebook;

/// <summary>
/// Writes JSON byte for byte as Python's <c>nbformat</c> does (sorted keys, indent of one space, no escapes beyond the necessary,
/// final line feed), so that a file saved by this runner and by any front end differ only where the content differs.
/// </summary>
internal static class NotebookJson
{
    /// <summary>The text of a notebook.</summary>
    public static string Write(JsonNode node)
    {
        var text = new StringBuilder();
        Write(node, 0, text);
        return text.Append('\n').ToString();
    }

    private static void Write(JsonNode? node, int depth, StringBuilder text)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject { Count: 0 }:
                text.Append("{}");
                break;
            case JsonArray { Count: 0 }:
                text.Append("[]");
                break;
            case JsonObject entries:
                WriteAll('{', entries.OrderBy(e => e.Key, StringComparer.Ordinal), depth, text, entry =>
                {
                    Quote(entry.Key, text);
                    text.Append(": ");
                    Write(entry.Value, depth + 1, text);
                });
                text.Append('}');
                break;
            case JsonArray items:
                WriteAll('[', items, depth, text, item => Write(item, depth + 1, text));
                text.Append(']');
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                Quote(value.GetValue<string>(), text);
                break;
            default:
                text.Append(node.ToJsonString());
                break;
        }
    }

    private static void WriteAll<T>(char open, IEnumerable<T> items, int depth, StringBuilder text, Action<T> write)
    {
        text.Append(open);
        var first = true;
        foreach (var item in items)
        {
            text.Append(first ? "\n" : ",\n").Append(' ', depth + 1);
            write(item);
            first = false;
        }

        text.Append('\n').Append(' ', depth);
    }

    private static void Quote(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}
