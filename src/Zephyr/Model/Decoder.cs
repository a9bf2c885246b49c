using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>Embedding, blocks and final norm: the part of the model that the published names put under <c>model.</c></summary>
public sealed class Decoder : nn.Module<Tensor, BlockContext, Tensor>
{
    [ComponentName(Name = "embed_tokens")]
    private readonly TokenEmbedding _embedding;

    [ComponentName(Name = "layers")]
    private readonly ModuleList<DecoderBlock> _blocks;

    [ComponentName(Name = "norm")]
    private readonly RmsNorm _norm;

    internal Decoder(MistralConfig config, Device device, ScalarType dtype)
        : base(nameof(Decoder))
    {
        _embedding = new(config, device, dtype);
        _blocks = new([.. Enumerable.Range(0, config.Layers).Select(layer => new DecoderBlock(config, layer, device, dtype))]);
        _norm = new(config, device, dtype);
        RegisterComponents();
    }

    /// <summary>The token embedding.</summary>
    public TokenEmbedding Embedding => _embedding;

    /// <summary>The blocks, first to last; a hook on one sees the residual stream.</summary>
    public IReadOnlyList<DecoderBlock> Blocks => [.. _blocks];

    /// <summary>The norm after the last block.</summary>
    public RmsNorm Norm => _norm;

    /// <param name="ids"><c>[batch, time]</c>, 64-bit.</param>
    /// <param name="context">Positions, mask and cache.</param>
    /// <returns><c>[batch, time, hidden]</c>, after the final norm.</returns>
    public override Tensor forward(Tensor ids, BlockContext context)
    {
        var x = _embedding.call(ids);
        foreach (var block in _blocks)
        {
            x = block.call(x, context);
        }

        return _norm.call(x);
    }
}
