using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Quantization;

/// <summary>
/// The largest magnitude of every block of weights: in fp32, or quantised once more (double quantisation), which takes the scales from 0.5 to 0.127 bits a
/// weight: each an 8-bit code of <see cref="DynamicTable"/>, times the largest of its 256, plus the mean of all.
/// </summary>
/// <remarks>Source: Dettmers et al. 2023, section 3, "Double Quantization".</remarks>
public sealed class BlockMaxima : IDisposable
{
    /// <summary>Maxima that share one scale.</summary>
    public const int GroupSize = 256;

    private BlockMaxima(Tensor values, Tensor? scales, float offset) =>
        (Values, Scales, Offset) = (values.DetachFromDisposeScope(), scales?.DetachFromDisposeScope(), offset);

    /// <summary>One a block, <c>[blocks]</c>: fp32 maxima, or bytes where they are quantised.</summary>
    public Tensor Values { get; }

    /// <summary>One for each 256 blocks, fp32; null where the maxima are not quantised.</summary>
    public Tensor? Scales { get; }

    /// <summary>The mean of all maxima, which is taken off before they are quantised.</summary>
    public float Offset { get; }

    /// <summary>Memory taken, in bytes.</summary>
    public long Bytes => BytesFor(Values.numel(), Scales is not null);

    /// <summary>Memory that the maxima of so many blocks take, in bytes.</summary>
    public static long BytesFor(long blocks, bool quantised) => quantised ? blocks + (Groups(blocks) + 1) * sizeof(float) : blocks * sizeof(float);

    /// <summary>Maxima as they are, or quantised once more.</summary>
    /// <param name="maxima">fp32, <c>[blocks]</c>, on the CPU; taken over where they stay as they are.</param>
    /// <param name="quantise">Whether to quantise them.</param>
    internal static BlockMaxima Of(Tensor maxima, bool quantise) => quantise ? Quantised(maxima) : new(maxima, null, 0);

    /// <summary>The maxima in fp32, <c>[blocks]</c>; the caller's to dispose.</summary>
    public Tensor Dequantise()
    {
        if (Scales is null)
        {
            return Values.clone();
        }

        using var scope = NewDisposeScope();
        var table = tensor(DynamicTable.Values.ToArray(), device: Values.device);
        var scale = Scales.repeat_interleave(GroupSize).narrow(0, 0, Values.numel());
        return (table.index_select(0, Values.to(ScalarType.Int64)) * scale).Plus(Offset).MoveToOuterDisposeScope();
    }

    /// <summary>A copy on another device.</summary>
    internal BlockMaxima CopyTo(Device device) => new(Values.to(device, copy: true), Scales?.to(device, copy: true), Offset);

    /// <inheritdoc/>
    public void Dispose()
    {
        Values.Dispose();
        Scales?.Dispose();
    }

    private static long Groups(long blocks) => (blocks + GroupSize - 1) / GroupSize;

    private static unsafe BlockMaxima Quantised(Tensor maxima)
    {
        var blocks = maxima.numel();
        var (codes, scales) = (empty(blocks, ScalarType.Byte), empty(Groups(blocks), ScalarType.Float32));
        var from = (float*)MappedTensors.AddressOf(maxima);
        var toCodes = (byte*)MappedTensors.AddressOf(codes);
        var toScales = (float*)MappedTensors.AddressOf(scales);
        var sum = 0.0;
        for (var block = 0L; block < blocks; block++)
        {
            sum += from[block];
        }

        var offset = (float)(sum / blocks);
        HostLoop.For(Groups(blocks), group =>
        {
            var begin = group * GroupSize;
            var count = (int)Math.Min(blocks - begin, GroupSize);
            toScales[group] = Group(new(from + begin, count), new(toCodes + begin, count), offset);
        });
        return new(codes, scales, offset);
    }

    /// <summary>Codes of one group.</summary>
    /// <returns>Its scale.</returns>
    private static float Group(ReadOnlySpan<float> maxima, Span<byte> codes, float offset)
    {
        var largest = 0f;
        foreach (var value in maxima)
        {
            largest = Math.Max(largest, Math.Abs(value - offset));
        }

        for (var i = 0; i < maxima.Length; i++)
        {
            codes[i] = DynamicTable.Nearest(largest > 0 ? (maxima[i] - offset) / largest : 0);
        }

        return largest;
    }
}
