using TorchSharp.Utils;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>The gated feed-forward layer: down(silu(gate(x)) · up(x)) (Shazeer 2020, SwiGLU).</summary>
public sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "gate_proj")]
    private readonly Projection _gate;

    [ComponentName(Name = "up_proj")]
    private readonly Projection _up;

    [ComponentName(Name = "down_proj")]
    private readonly Projection _down;

    internal FeedForward(MistralConfig config, Device device, ScalarType dtype)
        : base(nameof(FeedForward))
    {
        _gate = new(config.HiddenSize, config.FeedForwardSize, device, dtype);
        _up = new(config.HiddenSize, config.FeedForwardSize, device, dtype);
        _down = new(config.FeedForwardSize, config.HiddenSize, device, dtype);
        RegisterComponents();
    }

    /// <param name="x">Normed residual stream, <c>[batch, time, hidden]</c>.</param>
    /// <returns>Same shape.</returns>
    public override Tensor forward(Tensor x) => _down.call(Ops.SwiGlu(_gate.call(x), _up.call(x)));
}
