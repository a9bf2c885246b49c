using TorchSharp;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Quantization;

/// <summary>
/// A weight in NormalFloat4: four bits for each number, a place in <see cref="Nf4Table"/>, times the largest magnitude of its block of 64. With double
/// quantisation 4.127 bits a weight. The codes, maxima and tables are the reference library's (bitsandbytes), bit for bit.
/// </summary>
/// <remarks>Source: Dettmers et al. 2023, "QLoRA: Efficient Finetuning of Quantized LLMs", section 3.</remarks>
public sealed class Nf4Tensor : IDisposable
{
    /// <summary>Weights that share one scale: neighbours in the flattened, row-major weight.</summary>
    public const int BlockSize = Nf4Blocks.Size;

    private const int BlocksAtATime = 4096; // of one thread: a MiB of fp32

    private readonly long[] _shape;

    private Nf4Tensor(long[] shape, ScalarType type, Tensor codes, BlockMaxima maxima) =>
        (_shape, Type, Codes, Maxima) = (shape, type, codes.DetachFromDisposeScope(), maxima);

    /// <summary>Sizes of the weight.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>The type that the weight had, and has again when dequantised: fp32 or bf16.</summary>
    public ScalarType Type { get; }

    /// <summary>Bytes of two codes each, the first in the high four bits; the last half byte of an odd count is the code of 0.</summary>
    public Tensor Codes { get; }

    /// <summary>The largest magnitude of each block.</summary>
    public BlockMaxima Maxima { get; }

    /// <summary>Number of weights.</summary>
    public long Count => _shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Memory taken, in bytes.</summary>
    public long Bytes => Codes.numel() + Maxima.Bytes;

    /// <summary>Memory that a weight of so many numbers takes, in bytes.</summary>
    public static long BytesFor(long count, bool doubleQuantised = true) => (count + 1) / 2 + BlockMaxima.BytesFor(BlocksOf(count), doubleQuantised);

    /// <summary>Quantises a weight, some MiB at a time; the weight is only read.</summary>
    /// <param name="weight">fp32 or bf16, any shape and device; the result is on the same device.</param>
    /// <param name="doubleQuantised">Whether the maxima are quantised too.</param>
    /// <exception cref="ArgumentException">Another type, no numbers, or one that is not finite.</exception>
    public static unsafe Nf4Tensor Quantise(Tensor weight, bool doubleQuantised = true)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.dtype is not (ScalarType.Float32 or ScalarType.BFloat16) || weight.numel() == 0)
        {
            throw new ArgumentException($"The weight is {weight.dtype} [{string.Join(", ", weight.shape)}]; NF4 takes fp32 or bf16, at least one number.", nameof(weight));
        }

        using var scope = NewDisposeScope();
        var count = weight.numel();
        var local = weight.detach().cpu().contiguous();
        var (codes, maxima) = (empty((count + 1) / 2, ScalarType.Byte), empty(BlocksOf(count), ScalarType.Float32));
        var (from, wide) = (MappedTensors.AddressOf(local), weight.dtype == ScalarType.Float32);
        var toCodes = (byte*)MappedTensors.AddressOf(codes);
        var toMaxima = (float*)MappedTensors.AddressOf(maxima);
        HostLoop.For(Parts(count), part => Nf4Memory.Quantise(from, wide, count, part * BlocksAtATime, BlocksAtATime, toCodes, toMaxima));
        if (!maxima.isfinite().all().item<bool>())
        {
            var block = maxima.isfinite().logical_not().nonzero()[0].item<long>();
            throw new ArgumentException(
                $"The weight [{string.Join(", ", weight.shape)}] has a number that is not finite between elements {block * BlockSize} and {Math.Min(count, (block + 1) * BlockSize) - 1}.", nameof(weight));
        }

        var packed = new Nf4Tensor(weight.shape, weight.dtype, codes, BlockMaxima.Of(maxima, doubleQuantised));
        GC.KeepAlive(local);
        return packed.To(weight.device);
    }

    /// <summary>The weight as the codes have it, in <see cref="Type"/>; the caller's to dispose.</summary>
    public unsafe Tensor Dequantise()
    {
        if (Codes.device_type != DeviceType.CPU)
        {
            return PlainNf4.Dequantise(this);
        }

        var weight = empty(_shape, Type);
        var (to, wide, count) = (MappedTensors.AddressOf(weight), Type == ScalarType.Float32, Count);
        var codes = (byte*)MappedTensors.AddressOf(Codes);
        var maxima = new MaximaMemory(MappedTensors.AddressOf(Maxima.Values), Maxima.Scales is { } scales ? MappedTensors.AddressOf(scales) : 0, Maxima.Offset);
        HostLoop.For(Parts(count), part => Nf4Memory.Dequantise(to, wide, count, part * BlocksAtATime, BlocksAtATime, codes, maxima));
        GC.KeepAlive(this);
        return weight;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Codes.Dispose();
        Maxima.Dispose();
    }

    internal static long BlocksOf(long count) => (count + BlockSize - 1) / BlockSize;

    private static long Parts(long count) => (BlocksOf(count) + BlocksAtATime - 1) / BlocksAtATime;

    /// <summary>This, or from the CPU a copy on another device in its place.</summary>
    internal Nf4Tensor To(Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            return this;
        }

        var moved = new Nf4Tensor(_shape, Type, Codes.to(device, copy: true), Maxima.CopyTo(device));
        Dispose();
        return moved;
    }
}
