using System.Security.Cryptography;
using System.Text;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>What stands beside a linear layer: scale · B · A · x.</summary>
/// <remarks>Source: Hu et al. 2021, section 4.1: A starts at random, B at 0, so that the adapted model begins as the model it adapts.</remarks>
public sealed class LoraAdapter
{
    private readonly string _layer;
    private readonly AdapterSwitch _switch;

    internal LoraAdapter(LinearLayer layer, AdapterSwitch shared, Device device)
    {
        (_layer, _switch) = (layer.Name, shared);
        var rank = shared.Options.RankOf(layer.Name);
        Scale = shared.Options.ScaleOf(layer.Name);
        (A, B) = (new(layer.Inputs, rank, device), new(rank, layer.Outputs, device));

        // Uniform up to 1 / √in: what PEFT's "kaiming uniform with a = √5" comes to.
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var generator = Dice("A");
        var bound = 1 / Math.Sqrt(layer.Inputs);
        A.Weight.copy_(rand(A.Weight.shape, ScalarType.Float32, CPU, generator: generator).Times(2 * bound).Plus(-bound));
    }

    /// <summary>The first matrix, <c>[rank, in]</c> (<c>lora_A</c>).</summary>
    public LoraMatrix A { get; }

    /// <summary>The second matrix, <c>[out, rank]</c>; 0 before training (<c>lora_B</c>).</summary>
    public LoraMatrix B { get; }

    /// <summary>The factor of B · A.</summary>
    public double Scale { get; }

    /// <summary>Whether the layer adds it.</summary>
    internal bool IsOn => _switch.IsOn;

    /// <summary>What the layer adds to its output, in the type of x.</summary>
    internal Tensor Of(Tensor x) => B.call(A.call(Dropped(x))).Times(Scale);

    /// <summary>What a weight that takes the adapter in grows by, <c>[out, in]</c>, fp32.</summary>
    internal Tensor Product() => B.Weight.matmul(A.Weight).Times(Scale);

    /// <summary>
    /// Inverted dropout. The mask is a function of seed, layer, step and batch, so a resumed run and a layer that is computed again in the backward pass
    /// see the same one; outside a trainer's pass there is none.
    /// </summary>
    private Tensor Dropped(Tensor x)
    {
        if (_switch.Options.Dropout == 0 || _switch.Pass is not { } pass)
        {
            return x;
        }

        using var scope = NewDisposeScope();
        using var generator = Dice($"{pass.Step} {pass.Batch}");
        var kept = rand(x.shape, ScalarType.Float32, CPU, generator: generator).ge(Scalars.Of(_switch.Options.Dropout)).to(x.dtype).to(x.device);
        return (x * kept.Over(1 - _switch.Options.Dropout)).MoveToOuterDisposeScope();
    }

    private Generator Dice(string purpose) =>
        new(BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{_switch.Options.Seed} {_layer} {purpose}"))), CPU);
}
