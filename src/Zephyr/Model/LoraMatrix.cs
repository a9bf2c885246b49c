using TorchSharp.Modules;
using TorchSharp.Utils;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>One of an adapter's two matrices, in fp32 whatever the model's type is.</summary>
public sealed class LoraMatrix : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    internal LoraMatrix(long inputs, long outputs, Device device)
        : base(nameof(LoraMatrix))
    {
        _weight = nn.Parameter(zeros(outputs, inputs, ScalarType.Float32, device));
        RegisterComponents();
    }

    /// <summary>The matrix, <c>[out, in]</c>.</summary>
    public Parameter Weight => _weight;

    /// <param name="x"><c>[..., in]</c>; its type is the type of the product.</param>
    /// <returns><c>[..., out]</c>.</returns>
    public override Tensor forward(Tensor x) => Ops.Linear(x, _weight);
}
