using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Zephyr.Files;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Checkpoints;

/// <summary>Tensors in files of the safetensors format. Reading is as strict as the format's own library; writing gives the same bytes as it.</summary>
public static class Safetensors
{
    private const int WriteSize = 16 << 20; // bytes a write

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly (string Name, ScalarType Type)[] Types =
    [
        // In the order in which the format's own library lays out data: widest first.
        ("I64", ScalarType.Int64), ("F64", ScalarType.Float64), ("F32", ScalarType.Float32), ("I32", ScalarType.Int32), ("BF16", ScalarType.BFloat16),
        ("F16", ScalarType.Float16), ("I16", ScalarType.Int16), ("I8", ScalarType.Int8), ("U8", ScalarType.Byte), ("BOOL", ScalarType.Bool),
    ];

    /// <summary>All tensors of a file, as independent CPU tensors. The caller owns them.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file breaks the format, or holds a type that has no tensor here.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        using var file = new MappedSafetensors(path);
        return file.Header.Entries.ToDictionary(entry => entry.Name, entry => file.Copy(entry));
    }

    /// <summary>Writes tensors to a file that appears whole or not at all: written beside it, flushed to the disk, then renamed.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="tensors">Name and value, any device. The order does not matter: the same tensors give the same bytes.</param>
    /// <param name="metadata">Free text; <c>null</c> is none.</param>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.OrderBy(pair => Array.FindIndex(Types, type => type.Type == pair.Value.dtype)).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        var header = Header(ordered, metadata);
        AtomicFile.Write(path, file =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            file.Write(length);
            file.Write(header);
            foreach (var (_, tensor) in ordered)
            {
                WriteData(file, tensor);
            }
        });
    }

    /// <summary>The tensor type of a type in the format's spelling.</summary>
    internal static ScalarType TypeOf(SafetensorsEntry entry, string file)
    {
        var index = Array.FindIndex(Types, type => type.Name == entry.Type);
        return index >= 0 ? Types[index].Type : throw new InvalidDataException($"{file} has tensor \"{entry.Name}\" of type {entry.Type}, for which there is no tensor here.");
    }

    private static byte[] Header(KeyValuePair<string, Tensor>[] ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        var text = new StringBuilder("{");
        if (metadata is not null)
        {
            var pairs = metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{Json(pair.Key)}:{Json(pair.Value)}");
            text.Append("\"__metadata__\":{").AppendJoin(',', pairs).Append("},");
        }

        var at = 0L;
        foreach (var (name, tensor) in ordered)
        {
            var type = Types.FirstOrDefault(type => type.Type == tensor.dtype).Name
                ?? throw new ArgumentException($"Tensor \"{name}\" is {tensor.dtype}, which the format does not hold here.");
            var end = at + tensor.numel() * tensor.element_size();
            text.Append(CultureInfo.InvariantCulture, $"{Json(name)}:{{\"dtype\":\"{type}\",\"shape\":[{string.Join(',', tensor.shape)}],\"data_offsets\":[{at},{end}]}},");
            at = end;
        }

        if (text[^1] == ',')
        {
            text.Length--;
        }

        text.Append('}');
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        return [.. bytes, .. Enumerable.Repeat((byte)' ', (8 - bytes.Length % 8) % 8)];
    }

    private static string Json(string text) => JsonSerializer.Serialize(text, Relaxed);

    private static unsafe void WriteData(Stream file, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var local = tensor.detach().cpu().contiguous();
        var bytes = local.numel() * local.element_size();
        var address = (byte*)(bytes == 0 ? 0 : MappedTensors.AddressOf(local));
        for (var at = 0L; at < bytes; at += WriteSize)
        {
            file.Write(new ReadOnlySpan<byte>(address + at, (int)Math.Min(WriteSize, bytes - at)));
        }

        GC.KeepAlive(local);
    }
}
