using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Zephyr.Quantization;

/// <summary>One block of weights to codes and back: plain memory, no tensors. The wide forms hold a block in four registers of sixteen numbers.</summary>
internal static class Nf4Blocks
{
    /// <summary>Weights that share one scale.</summary>
    public const int Size = 64;

    private const int Width = 16;

    /// <summary>Codes of a block, two a byte, the first in the high four bits.</summary>
    /// <param name="weights">64 numbers.</param>
    /// <param name="codes">32 bytes.</param>
    /// <returns>The largest magnitude; not finite where a weight is not.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Quantise(ReadOnlySpan<float> weights, Span<byte> codes)
    {
        ref var from = ref MemoryMarshal.GetReference(weights);
        var (a, b) = (Vector512.LoadUnsafe(ref from, 0), Vector512.LoadUnsafe(ref from, Width));
        var (c, d) = (Vector512.LoadUnsafe(ref from, 2 * Width), Vector512.LoadUnsafe(ref from, 3 * Width));
        var most = Vector512.Max(Vector512.Max(Vector512.Abs(a), Vector512.Abs(b)), Vector512.Max(Vector512.Abs(c), Vector512.Abs(d)));
        var largest = 0f;
        for (var lane = 0; lane < Width; lane++)
        {
            largest = MathF.Max(largest, most[lane]);
        }

        // A block of zeros, or of numbers so small that this is infinite, becomes zeros.
        var scale = Vector512.Create(1 / largest is var inverse && float.IsFinite(inverse) ? inverse : 0);
        var wide = Vector512.Narrow(Vector512.Narrow(Codes(a * scale), Codes(b * scale)), Vector512.Narrow(Codes(c * scale), Codes(d * scale)));
        var pairs = wide.AsUInt16(); // the even code in the low byte
        var packed = ((pairs << 4) | (pairs >>> 8)) & Vector512.Create((ushort)0xFF);
        Vector256.Narrow(packed.GetLower(), packed.GetUpper()).CopyTo(codes);
        return largest;
    }

    /// <summary>Weights from codes: the table's entry times the largest magnitude.</summary>
    /// <param name="codes">32 bytes.</param>
    /// <param name="largest">The block's largest magnitude.</param>
    /// <param name="weights">64 numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dequantise(ReadOnlySpan<byte> codes, float largest, Span<float> weights)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            DequantiseWide(codes, largest, weights);
            return;
        }

        Span<float> scaled = stackalloc float[Nf4Table.Values.Length];
        for (var code = 0; code < scaled.Length; code++)
        {
            scaled[code] = Nf4Table.Values[code] * largest;
        }

        for (var i = 0; i < codes.Length; i++)
        {
            (weights[2 * i], weights[2 * i + 1]) = (scaled[codes[i] >> 4], scaled[codes[i] & 15]);
        }
    }

    /// <summary>To bf16, nearest even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Round(ReadOnlySpan<float> weights, Span<ushort> rounded)
    {
        ref var from = ref MemoryMarshal.GetReference(weights);
        for (var i = 0; i < Size; i += 2 * Width)
        {
            var (low, high) = (Vector512.LoadUnsafe(ref from, (nuint)i).AsUInt32(), Vector512.LoadUnsafe(ref from, (nuint)(i + Width)).AsUInt32());
            Vector512.Narrow(Round(low), Round(high)).CopyTo(rounded[i..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DequantiseWide(ReadOnlySpan<byte> codes, float largest, Span<float> weights)
    {
        var scaled = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(Nf4Table.Values)) * Vector512.Create(largest);
        var packed = Vector512.WidenLower(Vector256.Create(codes).ToVector512Unsafe()); // [32] words, a byte in each
        var pairs = (packed >>> 4) | ((packed & Vector512.Create((ushort)15)) << 8);  // [64] bytes, a code in each
        var (low, high) = Vector512.Widen(pairs.AsByte());
        var ((a, b), (c, d)) = (Vector512.Widen(low), Vector512.Widen(high));
        Vector512.Shuffle(scaled, a.AsInt32()).CopyTo(weights);
        Vector512.Shuffle(scaled, b.AsInt32()).CopyTo(weights[Width..]);
        Vector512.Shuffle(scaled, c.AsInt32()).CopyTo(weights[(2 * Width)..]);
        Vector512.Shuffle(scaled, d.AsInt32()).CopyTo(weights[(3 * Width)..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Round(Vector512<uint> bits) => (bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One)) >>> 16;

    /// <summary>How many thresholds each number reaches: a comparison gives −1 where it holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Codes(Vector512<float> scaled)
    {
        var count = Vector512<int>.Zero;
        foreach (var threshold in Nf4Table.Thresholds)
        {
            count -= Vector512.GreaterThanOrEqual(scaled, Vector512.Create(threshold)).AsInt32();
        }

        return count;
    }
}
