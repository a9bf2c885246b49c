using Zephyr.Data;
using Zephyr.Losses;
using Zephyr.Model;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>What a model makes of a batch's targets, token by token, <c>[tokens]</c> each.</summary>
/// <param name="LogProbs">log p(target), nats; carries gradients where they are on.</param>
/// <param name="Entropy">−Σ p log p of the prediction, nats; null where not asked for.</param>
/// <param name="Right">1 where the likeliest token is the target, else 0; null where not asked for.</param>
/// <param name="MeanLogit">The mean of the scores over the vocabulary; null where not asked for.</param>
internal sealed record TokenScores(Tensor LogProbs, Tensor? Entropy, Tensor? Right, Tensor? MeanLogit)
{
    /// <summary>log Σ p² of the prediction, nats: how sure it is; no gradient; null where not asked for.</summary>
    public Tensor? LogSumSquares { get; init; }

    private IReadOnlyList<Action> Later { get; init; } = [];

    /// <summary>Runs the model over a batch; the output head sees only positions that predict a target.</summary>
    public static TokenScores Of(Mistral model, SftBatch batch, bool metrics, MemoryOptions? memory = null, bool spread = false)
    {
        memory ??= new();
        var pass = memory.RecomputeBlocks && is_grad_enabled() ? model.Recomputed(batch.Ids, batch.Layout) : null;
        var hidden = (pass?.Hidden ?? model.Hidden(batch.Ids, batch.Layout)).flatten(0, 1).index_select(0, batch.Learned.Positions); // [tokens, hidden]
        var atOnce = memory.TokensAtOnce(batch.Learned.Count, model.Config.VocabSize);
        var scores = atOnce < batch.Learned.Count
            ? InChunks(model, hidden, batch.Learned.Targets, new(metrics, spread), atOnce)
            : Whole(model, hidden, batch.Learned.Targets, new(metrics, spread));
        return pass is null ? scores : scores with { Later = [.. scores.Later, pass.Backward] };
    }

    /// <summary>The backward pass of a loss over <see cref="LogProbs"/>, through all that was left to be run again.</summary>
    public void Differentiate(Tensor loss)
    {
        Backward.Run(loss);
        foreach (var rest in Later)
        {
            rest();
        }
    }

    /// <summary>Sums over the tokens: nats, entropy, right predictions, <c>[3]</c> in double; 0 for what was not asked for.</summary>
    public Tensor Sums()
    {
        var none = zeros(1, LogProbs.dtype, LogProbs.device)[0];
        return stack([-LogProbs.detach().sum(), Entropy?.sum() ?? none, Right?.sum() ?? none]).to(ScalarType.Float64).cpu();
    }

    /// <summary>All logits at once. Tables of [tokens, vocab] that only the forward pass needs are gone before the backward pass begins.</summary>
    private static TokenScores Whole(Mistral model, Tensor hidden, Tensor targets, Extras extras)
    {
        using var scope = NewDisposeScope();
        var scores = Of(model.Head(hidden), targets, extras);
        foreach (var kept in new[] { scores.LogProbs, scores.Entropy, scores.Right, scores.MeanLogit, scores.LogSumSquares })
        {
            kept?.MoveToOuterDisposeScope();
        }

        return scores;
    }

    private static TokenScores InChunks(Mistral model, Tensor hidden, Tensor targets, Extras extras, int atOnce)
    {
        var (count, type) = (targets.shape[0], model.ComputeType == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        Tensor? Column(bool wanted) => wanted ? empty(count, type, hidden.device) : null;
        var all = new TokenScores(hidden, Column(extras.Metrics), Column(extras.Metrics), Column(extras.Metrics)) { LogSumSquares = Column(extras.Spread) };
        var filled = 0L;
        var chunked = ChunkedLogProbs.Of(hidden, model.Head, targets, atOnce, (logits, chunk) =>
        {
            if (filled == count) // the second time, in the backward pass
            {
                return SequenceLogProbs.OfTokens(logits, chunk);
            }

            var part = Of(logits, chunk, extras);
            foreach (var (column, numbers) in new[] { (all.Entropy, part.Entropy), (all.Right, part.Right), (all.MeanLogit, part.MeanLogit), (all.LogSumSquares, part.LogSumSquares) })
            {
                column?.narrow(0, filled, chunk.shape[0]).copy_(numbers!);
            }

            filled += chunk.shape[0];
            return part.LogProbs;
        });
        return all with { LogProbs = chunked.Tokens, Later = [chunked.Backward] };
    }

    private static TokenScores Of(Tensor logits, Tensor targets, Extras extras)
    {
        if (extras is { Metrics: false, Spread: false })
        {
            return new(SequenceLogProbs.OfTokens(logits, targets), null, null, null);
        }

        // One log-softmax serves the loss and the metrics.
        var wide = logits.dtype == ScalarType.BFloat16 ? logits.to(ScalarType.Float32) : logits;
        var all = wide.log_softmax(-1);
        var logProbs = all.gather(1, targets.unsqueeze(1)).squeeze(1);
        using var none = no_grad();
        var scores = extras.Metrics
            ? new TokenScores(logProbs, -(all.exp() * all).sum(-1), logits.argmax(-1).eq(targets).to(logProbs.dtype), wide.mean([-1]))
            : new TokenScores(logProbs, null, null, null);
        return scores with { LogSumSquares = extras.Spread ? all.Times(2).logsumexp(-1) : null };
    }

    /// <summary>What is computed besides the log-probabilities.</summary>
    private readonly record struct Extras(bool Metrics, bool Spread);
}
