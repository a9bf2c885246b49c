using TorchSharp.Modules;
using Zephyr.Data;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Benchmarks;

/// <summary>
/// The same model and step as one writes them with TorchSharp's own modules after the published Python: separate linear layers, repeated key/value heads, the
/// library's fused attention, cross-entropy over all logits, the library's AdamW. The stand-in for a peer; shares no line with the kit's model.
/// </summary>
internal sealed class PlainModules : nn.Module<Tensor, Tensor>
{
    private readonly Embedding _embedding;
    private readonly ModuleList<PlainBlock> _blocks;
    private readonly PlainNorm _norm;
    private readonly Linear _head;
    private readonly long _vocab;

    public PlainModules(MistralConfig config)
        : base(nameof(PlainModules))
    {
        _vocab = config.VocabSize;
        _embedding = nn.Embedding(config.VocabSize, config.HiddenSize);
        _blocks = new([.. Enumerable.Range(0, config.Layers).Select(_ => new PlainBlock(config))]);
        _norm = new(config);
        _head = nn.Linear(config.HiddenSize, config.VocabSize, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor ids)
    {
        var x = _embedding.call(ids);
        foreach (var block in _blocks)
        {
            x = block.call(x);
        }

        return _head.call(_norm.call(x));
    }

    /// <summary>One optimizer step a call, over the rows in turn.</summary>
    public Action Step(TokenizedExample[] rows, int batch)
    {
        var (optimizer, next) = (optim.AdamW(parameters(), lr: 1e-4, weight_decay: 0), 0);
        return () =>
        {
            using var scope = NewDisposeScope();
            var ids = stack(Enumerable.Range(0, batch).Select(_ => tensor(rows[next++ % rows.Length].Ids.Select(id => (long)id).ToArray())));
            optimizer.zero_grad();
            var logits = call(ids).narrow(1, 0, ids.shape[1] - 1).reshape(-1, _vocab);
            var loss = nn.functional.cross_entropy(logits.to(ScalarType.Float32), ids.narrow(1, 1, ids.shape[1] - 1).reshape(-1));
            loss.backward();
            nn.utils.clip_grad_norm_(parameters(), 1);
            optimizer.step();
            loss.item<float>();
        };
    }
}

internal sealed class PlainNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _weight;
    private readonly double _epsilon;

    public PlainNorm(MistralConfig config)
        : base(nameof(PlainNorm))
    {
        (_weight, _epsilon) = (nn.Parameter(ones(config.HiddenSize)), config.NormEpsilon);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var wide = x.to(ScalarType.Float32);
        return _weight * (wide * rsqrt(wide.pow(2).mean([-1], keepdim: true) + _epsilon)).to(x.dtype);
    }
}

internal sealed class PlainBlock : nn.Module<Tensor, Tensor>
{
    private readonly PlainNorm _attentionNorm, _feedForwardNorm;
    private readonly Linear _query, _key, _value, _output, _gate, _up, _down;
    private readonly MistralConfig _config;

    public PlainBlock(MistralConfig config)
        : base(nameof(PlainBlock))
    {
        _config = config;
        (_attentionNorm, _feedForwardNorm) = (new(config), new(config));
        var (width, kvWidth) = (config.Heads * config.HeadSize, config.KvHeads * config.HeadSize);
        _query = nn.Linear(config.HiddenSize, width, hasBias: false);
        _key = nn.Linear(config.HiddenSize, kvWidth, hasBias: false);
        _value = nn.Linear(config.HiddenSize, kvWidth, hasBias: false);
        _output = nn.Linear(width, config.HiddenSize, hasBias: false);
        _gate = nn.Linear(config.HiddenSize, config.FeedForwardSize, hasBias: false);
        _up = nn.Linear(config.HiddenSize, config.FeedForwardSize, hasBias: false);
        _down = nn.Linear(config.FeedForwardSize, config.HiddenSize, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = x + Attend(_attentionNorm.call(x));
        var normed = _feedForwardNorm.call(x);
        return x + _down.call(nn.functional.silu(_gate.call(normed)) * _up.call(normed));
    }

    private Tensor Attend(Tensor x)
    {
        var (batch, time, group) = (x.shape[0], x.shape[1], _config.Heads / _config.KvHeads);
        Tensor Heads(Tensor y) => y.view(batch, time, -1, _config.HeadSize).transpose(1, 2);
        var (cos, sin) = Angles(time, x.dtype);
        var query = Turn(Heads(_query.call(x)), cos, sin);
        var key = Turn(Heads(_key.call(x)), cos, sin).repeat_interleave(group, 1);
        var value = Heads(_value.call(x)).repeat_interleave(group, 1);
        var read = nn.functional.scaled_dot_product_attention(query, key, value, is_casual: true);
        return _output.call(read.transpose(1, 2).reshape(batch, time, -1));
    }

    private (Tensor Cos, Tensor Sin) Angles(long time, ScalarType type)
    {
        var frequency = pow(tensor((float)_config.RopeTheta), arange(0, _config.HeadSize, 2, ScalarType.Float32) / -_config.HeadSize);
        var angle = outer(arange(time, ScalarType.Float32), frequency);
        var both = cat([angle, angle], -1);
        return (both.cos().to(type), both.sin().to(type));
    }

    private static Tensor Turn(Tensor x, Tensor cos, Tensor sin)
    {
        var halves = x.chunk(2, -1);
        return (x * cos) + (cat([-halves[1], halves[0]], -1) * sin);
    }
}
