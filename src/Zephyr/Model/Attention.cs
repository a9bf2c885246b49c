using TorchSharp.Utils;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>Self-attention with grouped queries: several query heads share one key/value head (Ainslie et al. 2023, GQA).</summary>
public sealed class Attention : nn.Module<Tensor, BlockContext, Tensor>
{
    private readonly MistralConfig _config;
    private readonly int _layer;

    [ComponentName(Name = "q_proj")]
    private readonly Projection _query;

    [ComponentName(Name = "k_proj")]
    private readonly Projection _key;

    [ComponentName(Name = "v_proj")]
    private readonly Projection _value;

    [ComponentName(Name = "o_proj")]
    private readonly Projection _output;

    internal Attention(MistralConfig config, int layer, Device device, ScalarType dtype)
        : base(nameof(Attention))
    {
        (_config, _layer) = (config, layer);
        var (width, kvWidth) = (config.Heads * config.HeadSize, config.KvHeads * config.HeadSize);
        _query = new(config.HiddenSize, width, device, dtype);
        _key = new(config.HiddenSize, kvWidth, device, dtype);
        _value = new(config.HiddenSize, kvWidth, device, dtype);
        _output = new(width, config.HiddenSize, device, dtype);
        RegisterComponents();
    }

    /// <param name="x">Normed residual stream, <c>[batch, time, hidden]</c>.</param>
    /// <param name="context">Positions, mask and cache.</param>
    /// <returns>What each position read from those it sees, <c>[batch, time, hidden]</c>.</returns>
    public override Tensor forward(Tensor x, BlockContext context)
    {
        var (batch, time) = (x.shape[0], x.shape[1]);
        var query = RotaryEmbedding.Rotate(SplitHeads(_query.call(x)), context.Cos, context.Sin); // [batch, heads, time, headSize]
        var key = RotaryEmbedding.Rotate(SplitHeads(_key.call(x)), context.Cos, context.Sin);     // [batch, kvHeads, time, headSize]
        var value = SplitHeads(_value.call(x));                                                   // [batch, kvHeads, time, headSize]
        if (context.Cache is { } cache)
        {
            (key, value) = cache.Append(_layer, key, value); // [batch, kvHeads, keys, headSize]
        }

        var read = Ops.Attention(query, key, value, context.Mask);
        return _output.call(read.transpose(1, 2).reshape(batch, time, _config.Heads * _config.HeadSize));
    }

    private Tensor SplitHeads(Tensor x) => x.view(x.shape[0], x.shape[1], -1, _config.HeadSize).transpose(1, 2);
}
