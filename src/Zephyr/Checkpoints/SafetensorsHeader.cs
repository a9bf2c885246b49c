using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Zephyr.Checkpoints;

/// <summary>The header of a safetensors file, checked as strictly as the format's own library does. Knows no tensors.</summary>
/// <remarks>Format: 8 bytes little-endian length, a JSON object of that length, then the data, which the entries cover without gap or overlap.</remarks>
public sealed class SafetensorsHeader
{
    /// <summary>Longest header that the format allows, in bytes.</summary>
    public const long LongestHeader = 100_000_000;

    private SafetensorsHeader(IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata, long dataBegin) =>
        (Entries, Metadata, DataBegin) = (entries, metadata, dataBegin);

    /// <summary>The tensors, in the order of their data.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>Free text beside the tensors (<c>__metadata__</c>).</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Where the data begins, in bytes from the start of the file.</summary>
    public long DataBegin { get; }

    /// <summary>Reads and checks the header of a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file breaks a rule of the format; the message says which, and where.</exception>
    public static SafetensorsHeader Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file, path);
    }

    /// <summary>Reads and checks the header at the start of a stream that can tell its length.</summary>
    /// <param name="file">The stream, at its start.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">As for <see cref="Read(string)"/>.</exception>
    public static SafetensorsHeader Read(Stream file, string name)
    {
        Span<byte> prefix = stackalloc byte[8];
        Require(file.Length >= 8, name, $"has {file.Length} bytes; a safetensors file begins with 8 bytes of header length");
        file.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        Require(length <= LongestHeader, name, $"announces a header of {length} bytes; the format allows {LongestHeader}");
        Require((long)length <= file.Length - 8, name, $"announces a header of {length} bytes but only {file.Length - 8} follow");

        var bytes = new byte[length];
        file.ReadExactly(bytes);
        Require(bytes.Length > 0 && bytes[0] == (byte)'{', name, "has a header that does not begin with {");
        var (entries, metadata) = Parse(bytes, name);
        Cover(entries, file.Length - 8 - (long)length, name);
        return new(entries, metadata, 8 + (long)length);
    }

    /// <summary>Bits of one element of a type in the format's spelling; <c>null</c> for a type that the format lacks.</summary>
    internal static int? BitsOf(string type) => type switch
    {
        "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" => 8,
        "I16" or "U16" or "F16" or "BF16" => 16,
        "I32" or "U32" or "F32" => 32,
        "I64" or "U64" or "F64" => 64,
        _ => null,
    };

    private static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(byte[] bytes, string name)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(bytes);
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var entries = new List<SafetensorsEntry>();
            var metadata = new Dictionary<string, string>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__")
                {
                    foreach (var pair in property.Value.EnumerateObject())
                    {
                        metadata[pair.Name] = pair.Value.ValueKind == JsonValueKind.String ? pair.Value.GetString()! : throw Wrong(name, $"has metadata \"{pair.Name}\" that is not a text");
                    }
                }
                else
                {
                    entries.Add(Entry(property, name));
                }
            }

            entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)) is not 0 and var order ? order : string.CompareOrdinal(a.Name, b.Name));
            return (entries, metadata);
        }
        catch (Exception broken) when (broken is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            throw new InvalidDataException($"{name} has a header that is not the JSON of a safetensors file: {broken.Message}", broken);
        }
    }

    private static SafetensorsEntry Entry(JsonProperty property, string name)
    {
        var what = $"tensor \"{property.Name}\"";
        var value = property.Value;
        Require(value.TryGetProperty("dtype", out var dtype) & value.TryGetProperty("shape", out var shape) & value.TryGetProperty("data_offsets", out var offsets),
            name, $"has {what} without dtype, shape or data_offsets");
        var type = dtype.GetString() ?? "null";
        var sizes = shape.EnumerateArray().Select(size => Natural(size, name, what)).ToArray();
        var range = offsets.EnumerateArray().Select(offset => Natural(offset, name, what)).ToArray();
        Require(range.Length == 2, name, $"has {what} with {range.Length} data_offsets; two are needed");
        Require(BitsOf(type) is not null, name, $"has {what} of the unknown type \"{type}\"");
        Require(Bytes(sizes, BitsOf(type)!.Value) is { } size && range[1] - range[0] == size, name,
            $"has {what}, {type} [{string.Join(", ", sizes)}], in bytes {range[0]} to {range[1]}, which is not its size");
        return new(property.Name, type, sizes, range[0], range[1]);
    }

    private static long Natural(JsonElement number, string name, string what) =>
        number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var whole) && whole >= 0
            ? whole
            : throw Wrong(name, $"has {what} with the size or offset {number.GetRawText()}; whole numbers from 0 are needed");

    private static long? Bytes(long[] shape, int bits)
    {
        try
        {
            return checked(shape.Aggregate(1L, (product, size) => checked(product * size)) * bits) / 8;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>The data belongs to the tensors, every byte of it to exactly one.</summary>
    private static void Cover(List<SafetensorsEntry> entries, long length, string name)
    {
        var at = 0L;
        foreach (var entry in entries)
        {
            Require(entry.Begin == at, name, $"has tensor \"{entry.Name}\" begin at byte {entry.Begin} of the data where {at} is due: {(entry.Begin > at ? "a gap" : "an overlap")}");
            at = entry.End;
        }

        Require(at == length, name, $"has {length} bytes of data but its tensors cover {at}");
    }

    private static void Require(bool holds, string name, string what)
    {
        if (!holds)
        {
            throw Wrong(name, what);
        }
    }

    private static InvalidDataException Wrong(string name, string what) => new($"{name} {what}.");
}
