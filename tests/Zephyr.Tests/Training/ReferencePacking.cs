using Zephyr.Model;
using Zephyr.Quantization;
using static TorchSharp.torch;

namespace Zephyr.Tests.Training;

/// <summary>
/// A fault of the reference's NF4 layers on processors with bf16, played along so that the steps after it can be compared. The first evaluation packs the
/// weights for inference and nothing unpacks them: from then on a quantised layer multiplies inputs and weights rounded to bf16 and passes no gradient to
/// its input, also in training. The golden gradient norms halve there and more; up to that evaluation our own layers follow without this.
/// </summary>
internal static class ReferencePacking
{
    public static void Install(Mistral model)
    {
        foreach (var (_, layer) in model.Projections().Where(found => found.Layer.Packed is not null))
        {
            var weight = Rounded(layer.Packed!).DetachFromDisposeScope();
            layer.register_forward_hook((_, x, _) =>
            {
                using var scope = NewDisposeScope();
                var product = WithoutGradient(x, weight);
                return (layer.Adapter is { IsOn: true } adapter ? product + adapter.Of(x) : product).MoveToOuterDisposeScope();
            });
        }
    }

    private static Tensor WithoutGradient(Tensor x, Tensor weight)
    {
        using var none = no_grad();
        return nn.functional.linear(x.to(ScalarType.BFloat16).to(x.dtype), weight);
    }

    /// <summary>Table entries in bf16 times maxima in bf16, rounded to bf16.</summary>
    private static Tensor Rounded(Nf4Tensor packed)
    {
        using var scope = NewDisposeScope();
        var bytes = packed.Codes.data<byte>().ToArray();
        var values = tensor([.. bytes.SelectMany(pair => new[] { Nf4Table.Values[pair >> 4], Nf4Table.Values[pair & 15] })]).narrow(0, 0, packed.Count).to(ScalarType.BFloat16).to(ScalarType.Float32);
        var maxima = packed.Maxima.Dequantise().to(ScalarType.BFloat16).to(ScalarType.Float32).repeat_interleave(Nf4Tensor.BlockSize).narrow(0, 0, packed.Count);
        return (values * maxima).to(ScalarType.BFloat16).to(ScalarType.Float32).reshape([.. packed.Shape]).MoveToOuterDisposeScope();
    }
}
