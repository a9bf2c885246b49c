using TorchSharp.Utils;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>One layer: attention, then the feed-forward layer, each on a normed copy and added to the residual stream.</summary>
public sealed class DecoderBlock : nn.Module<Tensor, BlockContext, Tensor>
{
    [ComponentName(Name = "input_layernorm")]
    private readonly RmsNorm _attentionNorm;

    [ComponentName(Name = "self_attn")]
    private readonly Attention _attention;

    [ComponentName(Name = "post_attention_layernorm")]
    private readonly RmsNorm _feedForwardNorm;

    [ComponentName(Name = "mlp")]
    private readonly FeedForward _feedForward;

    internal DecoderBlock(MistralConfig config, int layer, Device device, ScalarType dtype)
        : base(nameof(DecoderBlock))
    {
        _attentionNorm = new(config, device, dtype);
        _attention = new(config, layer, device, dtype);
        _feedForwardNorm = new(config, device, dtype);
        _feedForward = new(config, device, dtype);
        RegisterComponents();
    }

    /// <param name="x">Residual stream, <c>[batch, time, hidden]</c>, in the weights' type; products are made in the context's compute type.</param>
    /// <param name="context">Positions, mask and cache.</param>
    /// <returns>Same shape and type.</returns>
    public override Tensor forward(Tensor x, BlockContext context)
    {
        using var scope = NewDisposeScope();

        x = Ops.Add(x, _attention.call(_attentionNorm.call(x).to(context.ComputeType), context));
        x = Ops.Add(x, _feedForward.call(_feedForwardNorm.call(x).to(context.ComputeType)));

        return x.MoveToOuterDisposeScope();
    }
}
