using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Zephyr.Rows;

/// <summary>JSON without mercy: valid UTF-8, paired surrogates, no NaN, no key twice, nothing after the value.</summary>
internal static class StrictJson
{
    private static readonly byte[] Space = " \t\r\n"u8.ToArray();

    /// <summary>The object that a line holds.</summary>
    public static JsonElement Line(ReadOnlyMemory<byte> text, string file, int line)
    {
        var reader = Begin(text.Span, file, line);
        var element = Next(ref reader, text.Span, file, line, out _)!.Value;
        return text.Span[(int)reader.BytesConsumed..].Trim(Space).IsEmpty
            ? AsRow(element, text.Span, file, line)
            : throw Error(file, line, "text after the end of the JSON value");
    }

    /// <summary>The objects of an array and the lines on which they begin, from 1.</summary>
    public static List<(JsonElement Value, int Line)> Array(ReadOnlyMemory<byte> text, string file)
    {
        var reader = Begin(text.Span, file, 1);
        reader.Read(); // the opening bracket
        var rows = new List<(JsonElement, int)>();
        for (var (line, counted) = (1, 0); ;)
        {
            if (Next(ref reader, text.Span, file, 1, out var start) is not { } element)
            {
                return text.Span[(int)reader.BytesConsumed..].Trim(Space).IsEmpty
                    ? rows
                    : throw Error(file, line, "text after the end of the JSON array");
            }

            line += text.Span[counted..start].Count((byte)'\n');
            counted = start;
            rows.Add((AsRow(element, text.Span[start..(int)reader.BytesConsumed], file, line), line));
        }
    }

    private static Utf8JsonReader Begin(ReadOnlySpan<byte> text, string file, int line)
    {
        if (text.StartsWith("version https://git-lfs"u8))
        {
            throw Error(file, line, "this is a Git LFS pointer, not the file itself; fetch it with git lfs pull");
        }

        foreach (var part in text.Split((byte)'\n'))
        {
            if (!Utf8.IsValid(text[part]))
            {
                throw Error(file, line, "invalid UTF-8");
            }

            line++;
        }

        // Not final: then an unfinished value is told apart from a wrong one.
        return new(text, isFinalBlock: false, state: default);
    }

    /// <summary>The next value; null at the end of an array.</summary>
    private static JsonElement? Next(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, string file, int firstLine, out int start)
    {
        start = 0;
        try
        {
            if (reader.Read())
            {
                start = (int)reader.TokenStartIndex;
                if (reader.TokenType == JsonTokenType.EndArray)
                {
                    return null;
                }

                if (JsonElement.TryParseValue(ref reader, out var element))
                {
                    return element;
                }
            }
        }
        catch (JsonException unreadable)
        {
            throw Error(file, firstLine + (int)unreadable.LineNumber!.Value, Complaint(text, unreadable), unreadable);
        }

        throw text.TrimStart(Space) is [(byte)'-' or (>= (byte)'0' and <= (byte)'9'), ..]
            ? Error(file, firstLine, "expected an object, found number")
            : Error(file, firstLine + text.TrimEnd(Space).Count((byte)'\n'), "JSON is incomplete");
    }

    private static JsonElement AsRow(JsonElement element, ReadOnlySpan<byte> text, string file, int line)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Error(file, line, $"expected an object, found {JsonRow.KindOf(element)}");
        }

        if (HasUnpairedSurrogate(text))
        {
            throw Error(file, line, "unpaired surrogate");
        }

        return DuplicateKey(element) is { } key ? throw Error(file, line, $"duplicate key '{key}'") : element;
    }

    /// <summary>What stands where the JSON goes wrong, in words.</summary>
    private static string Complaint(ReadOnlySpan<byte> text, JsonException unreadable)
    {
        var rest = text;
        for (var line = 0; line < unreadable.LineNumber; line++)
        {
            rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        }

        var position = (int)Math.Min(unreadable.BytePositionInLine!.Value, rest.Length);
        var minus = position > 0 && rest[position - 1] == (byte)'-' ? "-" : "";
        rest = rest[position..];
        if (rest.StartsWith("NaN"u8) || rest.StartsWith("Infinity"u8))
        {
            return rest[0] == (byte)'N' ? "NaN is not JSON" : $"{minus}Infinity is not JSON";
        }

        return Rune.DecodeFromUtf8(rest, out var next, out _) == System.Buffers.OperationStatus.Done && !Rune.IsControl(next)
            ? string.Create(CultureInfo.InvariantCulture, $"not JSON: unexpected '{next}' at byte {position + 1} of the line")
            : string.Create(CultureInfo.InvariantCulture, $"not JSON: unexpected control character or end at byte {position + 1} of the line");
    }

    /// <summary>In valid JSON a backslash stands in strings only, so its escapes can be followed without the rest.</summary>
    private static bool HasUnpairedSurrogate(ReadOnlySpan<byte> text)
    {
        for (var at = text.IndexOf((byte)'\\'); at >= 0;)
        {
            var unit = EscapedUnit(text[at..]);
            at += unit < 0 ? 2 : 6;
            if (char.IsHighSurrogate((char)Math.Max(unit, 0)))
            {
                if (!char.IsLowSurrogate((char)Math.Max(EscapedUnit(text[at..]), 0)))
                {
                    return true;
                }

                at += 6;
            }
            else if (char.IsLowSurrogate((char)Math.Max(unit, 0)))
            {
                return true;
            }

            var further = text[at..].IndexOf((byte)'\\');
            at = further < 0 ? -1 : at + further;
        }

        return false;
    }

    /// <summary>The UTF-16 unit of a <c>\uXXXX</c> at the start, else -1.</summary>
    private static int EscapedUnit(ReadOnlySpan<byte> text) =>
        text.StartsWith("\\u"u8) ? int.Parse(text[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : -1;

    private static string? DuplicateKey(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return element.EnumerateArray().Select(DuplicateKey).FirstOrDefault(key => key is not null);
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in element.EnumerateObject())
        {
            if (!seen.Add(field.Name) || DuplicateKey(field.Value) is not null)
            {
                return DuplicateKey(field.Value) ?? field.Name;
            }
        }

        return null;
    }

    private static InvalidDataException Error(string file, int line, string text, Exception? cause = null) => new($"{file}:{line}: {text}", cause);
}
