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

    /// <summary>Runs the model over a batch; the output head sees only positions that predict a target.</summary>
    public static TokenScores Of(Mistral model, SftBatch batch, bool metrics, bool spread = false)
    {
        var hidden = model.Hidden(batch.Ids, batch.Layout).flatten(0, 1).index_select(0, batch.Learned.Positions); // [tokens, hidden]
        var logits = model.Head(hidden); // [tokens, vocab]
        if (!metrics && !spread)
        {
            return new(SequenceLogProbs.OfTokens(logits, batch.Learned.Targets), null, null, null);
        }

        // One log-softmax serves the loss and the metrics.
        var wide = logits.dtype == ScalarType.BFloat16 ? logits.to(ScalarType.Float32) : logits;
        var all = wide.log_softmax(-1);
        var logProbs = all.gather(1, batch.Learned.Targets.unsqueeze(1)).squeeze(1);
        using var none = no_grad();
        var scores = metrics
            ? new TokenScores(logProbs, -(all.exp() * all).sum(-1), logits.argmax(-1).eq(batch.Learned.Targets).to(logProbs.dtype), wide.mean([-1]))
            : new TokenScores(logProbs, null, null, null);
        return scores with { LogSumSquares = spread ? all.Times(2).logsumexp(-1) : null };
    }

    /// <summary>Sums over the tokens: nats, entropy, right predictions, <c>[3]</c> in double; 0 for what was not asked for.</summary>
    public Tensor Sums()
    {
        var none = zeros(1, LogProbs.dtype, LogProbs.device)[0];
        return stack([-LogProbs.detach().sum(), Entropy?.sum() ?? none, Right?.sum() ?? none]).to(ScalarType.Float64).cpu();
    }
}
