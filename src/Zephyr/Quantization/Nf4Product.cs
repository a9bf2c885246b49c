using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Quantization;

/// <summary>
/// x · Wᵀ with a frozen weight in NF4. The weight is dequantised for the product and again for the gradient, so that between the two only its codes are
/// kept: the memory of a plain product would hold every layer's weight in full until the backward pass.
/// </summary>
/// <remarks>Source: Dettmers et al. 2023, section 3, equation 5. The gradient of x is dy · W; the weight gets none.</remarks>
public static class Nf4Product
{
    /// <summary>The product, in the type of x.</summary>
    /// <param name="x"><c>[..., in]</c>.</param>
    /// <param name="weight"><c>[out, in]</c>.</param>
    /// <returns><c>[..., out]</c>.</returns>
    /// <exception cref="ArgumentException">The weight is no matrix, or of other inputs.</exception>
    public static Tensor Of(Tensor x, Nf4Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.Shape.Count != 2 || weight.Shape[1] != x.shape[^1])
        {
            throw new ArgumentException($"x is [{string.Join(", ", x.shape)}] and the weight [{string.Join(", ", weight.Shape)}]; [out, {x.shape[^1]}] is needed.", nameof(weight));
        }

        return x.requires_grad && is_grad_enabled() ? Function.apply(x, weight) : Product(x, weight);
    }

    private static Tensor Product(Tensor x, Nf4Tensor weight)
    {
        using var scope = NewDisposeScope();
        return nn.functional.linear(x, weight.Dequantise().to(x.dtype)).MoveToOuterDisposeScope();
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        private const string Weight = "weight";

        public override string Name => nameof(Nf4Product);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, weight) = ((Tensor)vars[0], (Nf4Tensor)vars[1]);
            ctx.save_data(Weight, weight);
            return Product(x, weight);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var weight = (Nf4Tensor)ctx.get_data(Weight);
            return Backward.Guarded(
                () =>
                {
                    using var scope = NewDisposeScope();
                    return [grad_output.matmul(weight.Dequantise().to(grad_output.dtype)).MoveToOuterDisposeScope(), null!];
                },
                () => [zeros([.. grad_output.shape[..^1], weight.Shape[1]], grad_output.dtype, grad_output.device), null!]);
        }
    }
}
