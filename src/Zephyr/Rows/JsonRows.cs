namespace Zephyr.Rows;

/// <summary>The JSON objects of a file with the lines on which they stand.</summary>
internal static class JsonRows
{
    /// <summary>One object a line, or the objects of one array: decided by the first character that is no white space.</summary>
    public static IEnumerable<JsonRow> In(string path)
    {
        var isArray = Lines(path).FirstOrDefault().Text is { Length: > 0 } first && first.Span[0] == (byte)'[';
        return isArray ? ArrayRows(path) : Lines(path).Select(line => new JsonRow(StrictJson.Line(line.Text, path, line.Number), path, line.Number));
    }

    private static IEnumerable<JsonRow> ArrayRows(string path)
    {
        using var stream = new UnzippedFile(path);
        using var whole = new MemoryStream();
        stream.CopyTo(whole);
        var bytes = whole.ToArray();
        return StrictJson.Array(bytes.AsMemory(bytes.AsSpan().StartsWith(Mark) ? Mark.Length : 0), path)
            .Select(element => new JsonRow(element.Value, path, element.Line));
    }

    /// <summary>Lines that hold more than white space, without their ends and surrounding white space; numbers from 1 count every line.</summary>
    private static IEnumerable<(ReadOnlyMemory<byte> Text, int Number)> Lines(string path)
    {
        using var stream = new UnzippedFile(path);
        var buffer = new byte[1 << 16];
        var (start, end, number) = (0, 0, 0);
        for (var ended = false; !ended || start < end;)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length < 0 && !ended)
            {
                (buffer, start, end) = MakeRoom(buffer, start, end);
                var read = stream.Read(buffer, end, buffer.Length - end);
                (end, ended) = (end + read, read == 0);
                continue;
            }

            var line = buffer.AsMemory(start, length < 0 ? end - start : length);
            start += length < 0 ? end - start : length + 1;
            number++;
            line = number == 1 && line.Span.StartsWith(Mark) ? line[Mark.Length..] : line;
            line = line.Trim(White);
            if (line.Length > 0)
            {
                yield return (line, number);
            }
        }
    }

    private static (byte[] Buffer, int Start, int End) MakeRoom(byte[] buffer, int start, int end)
    {
        var target = end - start > buffer.Length / 2 ? new byte[buffer.Length * 2] : buffer;
        buffer.AsSpan(start, end - start).CopyTo(target);
        return (target, 0, end - start);
    }

    private static readonly byte[] Mark = [0xEF, 0xBB, 0xBF];
    private static readonly byte[] White = " \t\r"u8.ToArray();
}
