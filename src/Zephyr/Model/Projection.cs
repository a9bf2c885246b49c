using TorchSharp.Modules;
using TorchSharp.Utils;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>y = x · Wᵀ, without bias. The weight is left as it comes from memory: it is loaded or drawn, never both.</summary>
public sealed class Projection : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    internal Projection(long inputs, long outputs, Device device, ScalarType dtype)
        : base(nameof(Projection))
    {
        _weight = nn.Parameter(empty(outputs, inputs, dtype, device));
        RegisterComponents();
    }

    /// <summary>The weight, <c>[out, in]</c>.</summary>
    public Parameter Weight => _weight;

    /// <param name="x"><c>[..., in]</c>; its type is the type of the product.</param>
    /// <returns><c>[..., out]</c>.</returns>
    public override Tensor forward(Tensor x) => Ops.Linear(x, _weight);
}
