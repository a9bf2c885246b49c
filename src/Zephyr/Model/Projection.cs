using TorchSharp.Modules;
using TorchSharp.Utils;
using Zephyr.Quantization;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>
/// y = x · Wᵀ, without bias. The weight is left as it comes from memory: it is loaded or drawn, never both. It may be packed into NF4, and an adapter may
/// stand beside it.
/// </summary>
public sealed class Projection : nn.Module<Tensor, Tensor>
{
    private const string WeightName = "weight", AName = "lora_A", BName = "lora_B";

    [ComponentName(Name = WeightName)]
    private Parameter? _weight;

    internal Projection(long inputs, long outputs, Device device, ScalarType dtype)
        : base(nameof(Projection))
    {
        _weight = nn.Parameter(empty(outputs, inputs, dtype, device));
        RegisterComponents();
    }

    /// <summary>The weight, <c>[out, in]</c>.</summary>
    /// <exception cref="InvalidOperationException">It is packed.</exception>
    public Parameter Weight => _weight ?? throw new InvalidOperationException($"This weight is in NF4: look at {nameof(Packed)}, or merge the adapters to have it back.");

    /// <summary>The weight in NF4, frozen; null where it is plain.</summary>
    public Nf4Tensor? Packed { get; private set; }

    /// <summary>What is trained beside the weight; null where nothing is.</summary>
    public LoraAdapter? Adapter { get; private set; }

    /// <param name="x"><c>[..., in]</c>; its type is the type of the product.</param>
    /// <returns><c>[..., out]</c>.</returns>
    public override Tensor forward(Tensor x)
    {
        var y = Packed is { } packed ? Nf4Product.Of(x, packed) : Ops.Linear(x, Weight);
        return Adapter is { IsOn: true } adapter ? y.Plus(adapter.Of(x)) : y;
    }

    /// <summary>Puts a packed weight in the place of the plain one, or of another packed one.</summary>
    internal void Pack(Nf4Tensor packed)
    {
        ConditionallyRegisterParameter(WeightName, (Parameter)null!);
        _weight?.Dispose();
        (_weight, Packed) = (null, packed);
    }

    /// <summary>Puts a plain weight in the place of the packed one.</summary>
    internal void Unpack(Tensor weight)
    {
        _weight = nn.Parameter(weight);
        ConditionallyRegisterParameter(WeightName, _weight);
        Packed = null; // a copy of the model may share it: left to the collector
    }

    internal void Attach(LoraAdapter adapter)
    {
        Adapter = adapter;
        register_module(AName, adapter.A);
        register_module(BName, adapter.B);
    }

    internal void Detach()
    {
        Adapter = null;
        register_module(AName, null!);
        register_module(BName, null!);
    }
}
