using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Zephyr.Files;

namespace Zephyr.Rows;

/// <summary>
/// Rows in files: JSON lines or a JSON array, plain or gzipped (also several members), with or without BOM, LF or CR LF, blank lines allowed.
/// Strict: whatever a lenient reader would guess at is refused with <c>file:line</c>.
/// </summary>
public static class RowFile
{
    private static readonly JsonWriterOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads every row. The form (lines or array, gzip or not) is told from the content, not from the name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="checks">Whether a fault of the content (an empty message, two user turns in a row) stops the reading or is a warning.</param>
    /// <exception cref="InvalidDataException">Bad JSON, a wrong shape, a fatal fault, or no row at all; the message begins with <c>file:line:</c>.</exception>
    public static RowSet<T> Read<T>(string path, RowChecks checks = RowChecks.Strict)
        where T : IRow<T>
    {
        var rows = new List<T>();
        var warnings = new List<string>();
        var firstLine = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var json in JsonRows.In(path))
        {
            var row = T.Parse(json);
            foreach (var fault in row.Faults())
            {
                if (fault.Fatal && checks == RowChecks.Strict)
                {
                    throw json.Error(fault.Text);
                }

                warnings.Add(json.Error(fault.Text).Message);
            }

            if (row.Key is { } key && !firstLine.TryAdd(key.Value, json.Line))
            {
                warnings.Add(json.Error($"{key.Field} already used on line {firstLine[key.Value]}").Message);
            }

            rows.Add(row);
        }

        return rows.Count > 0 ? new(path, rows, warnings) : throw new InvalidDataException($"{path}:1: no rows.");
    }

    /// <summary>
    /// Writes rows as UTF-8 with LF: a <c>.jsonl</c> file holds one object a line, a <c>.json</c> file an array; <c>.gz</c> after either compresses
    /// (no name, no time inside). The same rows give the same text; the file is replaced whole or not at all.
    /// </summary>
    /// <exception cref="ArgumentException">The name ends otherwise.</exception>
    public static void Write<T>(string path, IEnumerable<T> rows)
        where T : IRow<T>
    {
        ArgumentNullException.ThrowIfNull(rows);
        var plain = path.EndsWith(".gz", StringComparison.Ordinal) ? path[..^3] : path;
        var array = plain.EndsWith(".json", StringComparison.Ordinal);
        if (!array && !plain.EndsWith(".jsonl", StringComparison.Ordinal))
        {
            throw new ArgumentException($"{path}: rows are written as .jsonl or .json, with or without .gz.", nameof(path));
        }

        AtomicFile.Write(path, file =>
        {
            if (plain == path)
            {
                WriteRows(file, rows, array);
                return;
            }

            using var zip = new GZipStream(file, CompressionLevel.SmallestSize, leaveOpen: true);
            WriteRows(zip, rows, array);
        });
    }

    private static void WriteRows<T>(Stream stream, IEnumerable<T> rows, bool array)
        where T : IRow<T>
    {
        using var json = new Utf8JsonWriter(stream, Written);
        var between = array ? "[\n"u8 : [];
        foreach (var row in rows)
        {
            stream.Write(between);
            json.WriteStartObject();
            row.WriteFields(json);
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            between = array ? ",\n"u8 : "\n"u8;
        }

        stream.Write(array ? (between.SequenceEqual("[\n"u8) ? "[]\n"u8 : "\n]\n"u8) : between);
    }
}
