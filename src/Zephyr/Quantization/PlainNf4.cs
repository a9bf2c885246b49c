using static TorchSharp.torch;

namespace Zephyr.Quantization;

/// <summary>NF4 in plain tensor operations: the definition, what the managed kernel is compared with, and the way on other devices.</summary>
internal static class PlainNf4
{
    /// <summary>The weight as the codes have it; holds whole tables for a while.</summary>
    public static Tensor Dequantise(Nf4Tensor packed)
    {
        using var scope = NewDisposeScope();
        var device = packed.Codes.device;
        var table = tensor(Nf4Table.Values.ToArray(), device: device);
        var both = stack([table.repeat_interleave(table.numel()), table.repeat(table.numel())], 1);                // [256, 2], the two weights of a byte
        var values = both.index_select(0, packed.Codes.to(ScalarType.Int32)).reshape(-1);                          // [count, rounded up to even]
        var scale = packed.Maxima.Dequantise().repeat_interleave(Nf4Tensor.BlockSize).narrow(0, 0, packed.Count);  // [count]
        return (values.narrow(0, 0, packed.Count) * scale).reshape([.. packed.Shape]).to(packed.Type).MoveToOuterDisposeScope();
    }
}
