using static TorchSharp.torch;

namespace Zephyr.Losses;

/// <summary>
/// Log-probabilities from hidden states without ever holding all the logits: the output head is run over a few tokens at a time, and again over the
/// same few in the backward pass, which goes on from here into the head's weight and the hidden states.
/// </summary>
/// <remarks>
/// The logits of 2,048 tokens over 32,000 pieces are 262 MB in fp32, and a loss holds three such tables. Each token's log-probability depends on its own logits
/// alone, so chunks change nothing but the order in which the head's gradient is summed. The price is the head's product once more. Written as two passes and
/// not as a custom autograd function: an exception may leave it, and it needs no second copy of its outputs.
/// </remarks>
public sealed class ChunkedLogProbs
{
    private readonly Tensor _hidden;
    private readonly Tensor _targets;
    private readonly Func<Tensor, Tensor> _head;
    private readonly Func<Tensor, Tensor, Tensor> _score;
    private readonly int _tokensAtOnce;

    private ChunkedLogProbs(Tensor hidden, Func<Tensor, Tensor> head, Tensor targets, int tokensAtOnce, Func<Tensor, Tensor, Tensor> score)
    {
        (_hidden, _head, _targets, _tokensAtOnce, _score) = (hidden, head, targets, tokensAtOnce, score);
        Tokens = Forward().requires_grad_(is_grad_enabled());
    }

    /// <summary>log p(target), nats, <c>[tokens]</c>: a leaf. Its gradient, once a loss has filled it, is what <see cref="Backward"/> goes on from.</summary>
    public Tensor Tokens { get; }

    /// <summary>The forward pass.</summary>
    /// <param name="hidden">Hidden states of the positions that predict a target, <c>[tokens, hidden]</c>.</param>
    /// <param name="head">The output head: <c>[n, hidden]</c> to logits <c>[n, vocab]</c>.</param>
    /// <param name="targets">The token that came, <c>[tokens]</c> int64.</param>
    /// <param name="tokensAtOnce">How many tokens' logits exist at a time, at least 1.</param>
    /// <param name="score">
    /// Log-probabilities of a chunk from its logits and targets; null is <see cref="SequenceLogProbs.OfTokens"/>. Called without gradients first, then, in the
    /// backward pass, with them.
    /// </param>
    /// <exception cref="ArgumentException">There are not as many hidden states as targets.</exception>
    public static ChunkedLogProbs Of(Tensor hidden, Func<Tensor, Tensor> head, Tensor targets, int tokensAtOnce, Func<Tensor, Tensor, Tensor>? score = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokensAtOnce, 1);
        return hidden.dim() == 2 && targets.dim() == 1 && hidden.shape[0] == targets.shape[0]
            ? new(hidden, head, targets, tokensAtOnce, score ?? SequenceLogProbs.OfTokens)
            : throw new ArgumentException(
                $"Hidden states [{string.Join(", ", hidden.shape)}] and targets [{string.Join(", ", targets.shape)}] disagree: give [tokens, hidden] and [tokens].", nameof(targets));
    }

    /// <summary>The rest of the backward pass, after a loss over <see cref="Tokens"/> has gone backward: fills the gradients of the head and of all before it.</summary>
    /// <exception cref="InvalidOperationException">No loss over <see cref="Tokens"/> has gone backward yet.</exception>
    public void Backward()
    {
        var gradient = Tokens.grad ?? throw new InvalidOperationException($"Call backward on a loss over {nameof(Tokens)} first: there is no gradient to go on from.");
        using var scope = NewDisposeScope();
        using var on = enable_grad();
        var ofHidden = empty_like(_hidden);
        foreach (var (start, count) in Chunks())
        {
            using var inner = NewDisposeScope();
            var x = _hidden.detach().narrow(0, start, count).requires_grad_();
            Runtime.Backward.Run(_score(_head(x), _targets.narrow(0, start, count)), gradient.narrow(0, start, count));
            ofHidden.narrow(0, start, count).copy_(x.grad!);
        }

        if (_hidden.requires_grad)
        {
            Runtime.Backward.Run(_hidden, ofHidden);
        }
    }

    private Tensor Forward()
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        return cat([.. Chunks().Select(chunk => OfChunk(chunk.Start, chunk.Count))]).MoveToOuterDisposeScope();
    }

    private Tensor OfChunk(long start, long count)
    {
        using var scope = NewDisposeScope();
        return _score(_head(_hidden.narrow(0, start, count)), _targets.narrow(0, start, count)).MoveToOuterDisposeScope();
    }

    private IEnumerable<(long Start, long Count)> Chunks()
    {
        for (var start = 0L; start < _targets.shape[0]; start += _tokensAtOnce)
        {
            yield return (start, Math.Min(_tokensAtOnce, _targets.shape[0] - start));
        }
    }
}
