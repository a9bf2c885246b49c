using System.Runtime.CompilerServices;

namespace Zephyr.Quantization;

/// <summary>Where a CPU tensor's block maxima lie.</summary>
/// <param name="Values">fp32 maxima, or bytes where there are scales.</param>
/// <param name="Scales">fp32, one for each group; 0 where the maxima are not quantised.</param>
/// <param name="Offset">What is added to quantised maxima.</param>
internal readonly unsafe record struct MaximaMemory(nint Values, nint Scales, float Offset)
{
    public float this[long block] => Scales == 0
        ? ((float*)Values)[block]
        : DynamicTable.Values[((byte*)Values)[block]] * ((float*)Scales)[block / BlockMaxima.GroupSize] + Offset;
}

/// <summary>Runs of blocks in memory, fp32 or bf16; the last block of a weight may be short.</summary>
internal static unsafe class Nf4Memory
{
    private const int Size = Nf4Blocks.Size;

    /// <summary>Codes and maxima of the blocks from <paramref name="first"/> on.</summary>
    /// <param name="from">The weights, fp32 or bf16.</param>
    /// <param name="wide">Whether they are fp32.</param>
    /// <param name="count">Number of weights.</param>
    /// <param name="first">The first block.</param>
    /// <param name="blocks">How many blocks, at most.</param>
    /// <param name="codes">All codes.</param>
    /// <param name="maxima">All maxima.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // wide registers are very slow until a method is optimised
    public static void Quantise(nint from, bool wide, long count, long first, long blocks, byte* codes, float* maxima)
    {
        Span<float> weights = stackalloc float[Size];
        Span<byte> packed = stackalloc byte[Size / 2];
        for (var block = first; block < first + blocks && block * Size < count; block++)
        {
            var at = block * Size;
            var length = (int)Math.Min(Size, count - at);
            if (wide)
            {
                new ReadOnlySpan<float>((float*)from + at, length).CopyTo(weights);
            }
            else
            {
                Widen(new ReadOnlySpan<ushort>((ushort*)from + at, length), weights);
            }

            weights[length..].Clear();
            maxima[block] = Nf4Blocks.Quantise(weights, packed);
            var bytes = (length + 1) / 2;
            packed[..bytes].CopyTo(new(codes + at / 2, bytes));
        }
    }

    /// <summary>Weights of the blocks from <paramref name="first"/> on.</summary>
    /// <param name="to">All weights, fp32 or bf16.</param>
    /// <param name="wide">Whether they are fp32.</param>
    /// <param name="count">Number of weights.</param>
    /// <param name="first">The first block.</param>
    /// <param name="blocks">How many blocks, at most.</param>
    /// <param name="codes">All codes.</param>
    /// <param name="maxima">All maxima.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // wide registers are very slow until a method is optimised
    public static void Dequantise(nint to, bool wide, long count, long first, long blocks, byte* codes, MaximaMemory maxima)
    {
        Span<float> weights = stackalloc float[Size];
        Span<ushort> rounded = stackalloc ushort[Size];
        Span<byte> packed = stackalloc byte[Size / 2];
        for (var block = first; block < first + blocks && block * Size < count; block++)
        {
            var at = block * Size;
            var length = (int)Math.Min(Size, count - at);
            new ReadOnlySpan<byte>(codes + at / 2, (length + 1) / 2).CopyTo(packed);
            Nf4Blocks.Dequantise(packed, maxima[block], weights);
            if (wide)
            {
                weights[..length].CopyTo(new((float*)to + at, length));
            }
            else
            {
                Nf4Blocks.Round(weights, rounded);
                rounded[..length].CopyTo(new((ushort*)to + at, length));
            }
        }
    }

    private static void Widen(ReadOnlySpan<ushort> rounded, Span<float> weights)
    {
        for (var i = 0; i < rounded.Length; i++)
        {
            weights[i] = BitConverter.UInt32BitsToSingle((uint)rounded[i] << 16);
        }
    }
}
