using TorchSharp.Utils;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>A Mistral- or Llama-shaped decoder; its parameters have the published checkpoint's names.</summary>
/// <remarks>Jiang et al. 2023, "Mistral 7B". Load and save with <c>Zephyr.Checkpoints</c>, which adds <c>Mistral.Load</c> and <c>Save</c>.</remarks>
public sealed class Mistral : nn.Module<Tensor, TokenLayout?, Tensor>
{
    private readonly PassTables _tables;

    [ComponentName(Name = "model")]
    private readonly Decoder _decoder;

    [ComponentName(Name = "lm_head")]
    private readonly Projection? _head;

    /// <summary>A model whose weights are still whatever memory held: to be loaded or drawn.</summary>
    /// <param name="config">The sizes.</param>
    /// <param name="device">Where; <c>null</c> is the CPU.</param>
    /// <param name="dtype">Type of the weights: fp32 to train, bf16 to serve.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public Mistral(MistralConfig config, Device? device = null, ScalarType dtype = ScalarType.Float32)
        : base(nameof(Mistral))
    {
        Startup.Start();
        Config = config.Validated();
        ComputeType = dtype;
        device ??= CPU;
        _tables = new(config);
        _decoder = new(config, device, dtype);
        _head = config.TieEmbeddings ? null : new(config.HiddenSize, config.VocabSize, device, dtype);
        RegisterComponents();
    }

    /// <summary>The sizes.</summary>
    public MistralConfig Config { get; }

    /// <summary>
    /// Type of the products. The weights' own type at first; bf16 on fp32 weights trains in half the time: the residual
    /// stream, the norms and the weights' gradients stay fp32.
    /// </summary>
    public ScalarType ComputeType { get; set; }

    /// <summary>Embedding, blocks and final norm.</summary>
    public Decoder Decoder => _decoder;

    /// <summary>How the adapters were made; null where the model has none.</summary>
    public LoraOptions? Lora => AdapterSwitch?.Options;

    internal AdapterSwitch? AdapterSwitch { get; set; }

    /// <summary>Where the weights are.</summary>
    public Device Device => _decoder.Embedding.Weight.device;

    /// <summary>Type of the weights.</summary>
    public ScalarType WeightType => _decoder.Embedding.Weight.dtype;

    /// <summary>A model with random weights.</summary>
    /// <param name="config">The sizes.</param>
    /// <param name="seed">Same seed, same weights, whatever the device.</param>
    /// <param name="device">Where; <c>null</c> is the CPU.</param>
    /// <param name="dtype">Type of the weights.</param>
    public static Mistral Random(MistralConfig config, long seed, Device? device = null, ScalarType dtype = ScalarType.Float32)
    {
        var model = new Mistral(config, device, dtype);
        RandomWeights.Draw(model, seed);
        return model;
    }

    /// <summary><see cref="forward"/> on plain rows: nothing padded on the left, one document a row.</summary>
    /// <param name="ids">Token ids, <c>[batch, time]</c>, 64-bit.</param>
    /// <returns>Logits, <c>[batch, time, vocab]</c>, in the compute type.</returns>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Style", "IDE1006", Justification = "Torch's own word: beside the inherited call, so that hooks run.")]
    public Tensor call(Tensor ids) => call(ids, null);

    /// <summary>Unnormalised scores of the next token after every position; position t sees nothing after t.</summary>
    /// <param name="ids">Token ids, <c>[batch, time]</c>, 64-bit.</param>
    /// <param name="layout">Padding or documents; <c>null</c> is plain rows, and also right for rows padded on the right.</param>
    /// <returns>Logits, <c>[batch, time, vocab]</c>, in the compute type.</returns>
    public override Tensor forward(Tensor ids, TokenLayout? layout = null)
    {
        using var scope = NewDisposeScope();
        return Head(Hidden(ids, layout)).MoveToOuterDisposeScope();
    }

    /// <summary>The residual stream after the last block and the final norm.</summary>
    /// <param name="ids">Token ids, <c>[batch, time]</c>, 64-bit; with a cache, the tokens after those it holds.</param>
    /// <param name="layout">Padding or documents; with a cache, only for the first tokens.</param>
    /// <param name="cache">Keys and values of the tokens before; takes up these.</param>
    /// <returns><c>[batch, time, hidden]</c>, in the weights' type.</returns>
    /// <exception cref="ArgumentException">Shapes disagree, or the cache is full.</exception>
    public Tensor Hidden(Tensor ids, TokenLayout? layout = null, KvCache? cache = null)
    {
        if (ids.dim() != 2 || ids.dtype != ScalarType.Int64)
        {
            throw new ArgumentException($"ids are {ids.dtype} [{string.Join(", ", ids.shape)}]; 64-bit integers [batch, time] are needed.", nameof(ids));
        }

        using var scope = NewDisposeScope();
        var context = _tables.Context(ids, layout, cache, cache?.Type ?? ComputeType);
        var hidden = _decoder.call(ids, context);
        cache?.Advance(ids.shape[1]);
        return hidden.MoveToOuterDisposeScope();
    }

    /// <summary>As <see cref="Hidden"/>, keeping only what each block is given. Its tensors belong to the caller's scope.</summary>
    internal RecomputedPass Recomputed(Tensor ids, TokenLayout? layout) => new(_decoder, ids, _tables.Context(ids, layout, null, ComputeType));

    /// <summary>Logits from hidden states: the output head alone, so that a loss may take it chunk by chunk.</summary>
    /// <param name="hidden"><c>[..., hidden]</c>.</param>
    /// <returns><c>[..., vocab]</c>, in the compute type.</returns>
    public Tensor Head(Tensor hidden) => Head(hidden, ComputeType);

    internal Tensor Head(Tensor hidden, ScalarType type)
    {
        var x = hidden.to(type);
        return _head is null ? Ops.Linear(x, _decoder.Embedding.Weight) : _head.call(x);
    }

    /// <summary>An independent copy: same weights and adapters, none shared but packed ones, which never change; gradients not copied.</summary>
    public Mistral Copy()
    {
        var copy = new Mistral(Config, Device, WeightType) { ComputeType = ComputeType };
        using var none = no_grad();
        foreach (var ((_, target), (_, source)) in copy.Projections().Zip(this.Projections()))
        {
            if (source.Packed is { } packed)
            {
                target.Pack(packed);
            }
        }

        if (Lora is { } options)
        {
            copy.AddAdapters(options);
        }

        foreach (var ((name, target), (_, source)) in copy.named_parameters().Zip(named_parameters()))
        {
            target.copy_(source);
            target.requires_grad = source.requires_grad;
        }

        return copy;
    }
}
