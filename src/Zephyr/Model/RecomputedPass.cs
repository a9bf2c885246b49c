using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>
/// Activation checkpointing: a forward pass that keeps only what each block was given, and a backward pass that runs the blocks again, last to first, each with
/// gradients on. Same operations on the same numbers as the plain passes, so the same bits on a CPU; one forward pass more in time.
/// </summary>
/// <remarks>Chen et al. 2016, "Training deep nets with sublinear memory cost", with one block a segment. Live in one dispose scope from pass to pass.</remarks>
internal sealed class RecomputedPass
{
    private readonly Decoder _decoder;
    private readonly Tensor _ids;
    private readonly BlockContext _context;
    private readonly List<Tensor> _inputs = [];
    private readonly Tensor _last;

    /// <summary>The forward pass.</summary>
    public RecomputedPass(Decoder decoder, Tensor ids, BlockContext context)
    {
        (_decoder, _ids, _context) = (decoder, ids, context);
        using (no_grad())
        {
            var x = decoder.Embedding.call(ids);
            foreach (var block in decoder.Blocks)
            {
                _inputs.Add(x);
                x = block.call(x, context);
            }

            _last = x;
        }

        _last.requires_grad_();
        Hidden = decoder.Norm.call(_last);
    }

    /// <summary>The residual stream after the final norm, <c>[batch, time, hidden]</c>.</summary>
    public Tensor Hidden { get; }

    /// <summary>The rest of the backward pass, after a loss over <see cref="Hidden"/> has gone backward.</summary>
    public void Backward()
    {
        using var on = enable_grad();
        var gradient = _last.grad ?? throw new InvalidOperationException($"Call backward on a loss over {nameof(Hidden)} first: there is no gradient to go on from.");
        for (var layer = _inputs.Count - 1; layer >= 0; layer--)
        {
            using var above = gradient;
            using var input = _inputs[layer];
            gradient = Through(_decoder.Blocks[layer], input, above);
        }

        if (_decoder.Embedding.Weight.requires_grad)
        {
            using var scope = NewDisposeScope();
            Runtime.Backward.Run(_decoder.Embedding.call(_ids), gradient);
        }
    }

    /// <returns>The gradient of what the block was given.</returns>
    private Tensor Through(DecoderBlock block, Tensor input, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var x = input.detach().requires_grad_();
        Runtime.Backward.Run(block.call(x, _context), gradient);
        return x.grad!.MoveToOuterDisposeScope();
    }
}
