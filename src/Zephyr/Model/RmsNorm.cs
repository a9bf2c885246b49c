using TorchSharp.Modules;
using TorchSharp.Utils;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>RMSNorm: x divided by its root mean square, times a learned weight for each dimension (Zhang and Sennrich 2019).</summary>
public sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private readonly double _epsilon;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    internal RmsNorm(MistralConfig config, Device device, ScalarType dtype)
        : base(nameof(RmsNorm))
    {
        _epsilon = config.NormEpsilon;
        _weight = nn.Parameter(empty(config.HiddenSize, dtype, device));
        RegisterComponents();
    }

    /// <summary>The weight, <c>[hidden]</c>.</summary>
    public Parameter Weight => _weight;

    /// <param name="x"><c>[batch, time, hidden]</c>.</param>
    /// <returns>Same shape and type.</returns>
    public override Tensor forward(Tensor x) => Ops.RmsNorm(x, _weight, _epsilon);
}
