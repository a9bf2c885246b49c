using TorchSharp.Modules;
using TorchSharp.Utils;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>One learned vector for each token.</summary>
public sealed class TokenEmbedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    internal TokenEmbedding(MistralConfig config, Device device, ScalarType dtype)
        : base(nameof(TokenEmbedding))
    {
        _weight = nn.Parameter(empty(config.VocabSize, config.HiddenSize, dtype, device));
        RegisterComponents();
    }

    /// <summary>The vectors, <c>[vocab, hidden]</c>.</summary>
    public Parameter Weight => _weight;

    /// <param name="ids"><c>[batch, time]</c>, 64-bit.</param>
    /// <returns><c>[batch, time, hidden]</c>.</returns>
    public override Tensor forward(Tensor ids) => Ops.Embedding(ids, _weight);
}
