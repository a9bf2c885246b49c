using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Zephyr.Runtime.Host;

/// <summary>Sixteen numbers at a time, in fp32 registers, over fp32 or bf16 memory: what the managed kernels are written in.</summary>
internal static unsafe class Lanes
{
    /// <summary>Numbers in a register.</summary>
    public const int Width = 16;

    private const float Log2E = 1.44269504f, Ln2High = 0.693145752f, Ln2Low = 1.42860677e-6f;

    /// <summary>Whether this processor has such registers; without, the kernels are not taken.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(ushort* bf16) => Vector512.ShiftLeft(Avx512F.ConvertToVector512UInt32(Vector256.Load(bf16)), 16).AsSingle();

    /// <summary>To the nearest bf16, ties to even; what is not a number stays so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, ushort* bf16)
    {
        var bits = values.AsUInt32();
        var rounded = bits + Vector512.Create(0x7FFFu) + (Vector512.ShiftRightLogical(bits, 16) & Vector512<uint>.One);
        var kept = Vector512.ConditionalSelect(Vector512.Equals(values, values).AsUInt32(), rounded, Vector512.Create(0x7FC00000u));
        Avx512F.ConvertToVector256UInt16(Vector512.ShiftRightLogical(kept, 16)).Store(bf16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float One(ushort bf16) => BitConverter.UInt32BitsToSingle((uint)bf16 << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort One(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>eˣ = 2ⁿ · eʳ with |r| ≤ ln 2 / 2, the second by its series to the seventh power: within 2e-7 of the value; 0 far below, ∞ far above, NaN of NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        x = Vector512.MaxNative(Vector512.Create(-150f), x); // in this order, NaN passes through
        x = Vector512.MinNative(Vector512.Create(150f), x);
        var n = Avx512F.RoundScale(x * Vector512.Create(Log2E), 0);
        var r = Avx512F.FusedMultiplyAddNegated(n, Vector512.Create(Ln2High), x);
        r = Avx512F.FusedMultiplyAddNegated(n, Vector512.Create(Ln2Low), r);
        var series = Avx512F.FusedMultiplyAdd(r, Vector512.Create(1f / 5040), Vector512.Create(1f / 720));
        series = Avx512F.FusedMultiplyAdd(series, r, Vector512.Create(1f / 120));
        series = Avx512F.FusedMultiplyAdd(series, r, Vector512.Create(1f / 24));
        series = Avx512F.FusedMultiplyAdd(series, r, Vector512.Create(1f / 6));
        series = Avx512F.FusedMultiplyAdd(series, r, Vector512.Create(0.5f));
        series = Avx512F.FusedMultiplyAdd(series, r, Vector512<float>.One);
        series = Avx512F.FusedMultiplyAdd(series, r, Vector512<float>.One);
        return Avx512F.Scale(series, n);
    }
}
