using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Losses;

/// <summary>How likely a model finds given text: log-probabilities of tokens and of whole responses, in nats.</summary>
/// <remarks>Source: Rafailov et al. 2023, section 4; the authors' code sums too. Pure functions; bf16 logits are widened to fp32 first.</remarks>
public static class SequenceLogProbs
{
    /// <summary>The label of a position that is not learned from (prompt, padding).</summary>
    public const long Ignored = -100;

    /// <summary>How likely a model finds whole responses: Σ log p(token | all before it), over learned tokens only.</summary>
    /// <param name="logits">Unnormalised scores for the next token, <c>[batch, time, vocab]</c>; position t predicts token t + 1.</param>
    /// <param name="labels">The tokens themselves, <c>[batch, time]</c> int64, −100 where nothing is learned (prompt, padding).</param>
    /// <returns>Log-probabilities in nats, <c>[batch]</c>, at most 0. A sum, not a mean: longer responses score lower.</returns>
    /// <exception cref="ArgumentException">The first two dimensions differ.</exception>
    /// <remarks>See <see cref="DpoLoss"/> for its use.</remarks>
    public static Tensor Of(Tensor logits, Tensor labels) => PerToken(logits, labels).sum(1);

    /// <summary>log p(token | all before it) of each learned token after the first.</summary>
    /// <param name="logits">Unnormalised scores for the next token, <c>[batch, time, vocab]</c>; position t predicts token t + 1.</param>
    /// <param name="labels">The tokens themselves, <c>[batch, time]</c> int64, −100 where nothing is learned.</param>
    /// <returns>Nats, <c>[batch, time − 1]</c>: entry t belongs to token t + 1; 0 where nothing is learned.</returns>
    /// <exception cref="ArgumentException">The first two dimensions differ.</exception>
    public static Tensor PerToken(Tensor logits, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        if (logits.dim() != 3 || labels.dim() != 2 || logits.shape[0] != labels.shape[0] || logits.shape[1] != labels.shape[1])
        {
            throw new ArgumentException(
                $"Logits [{string.Join(", ", logits.shape)}] and labels [{string.Join(", ", labels.shape)}] disagree: give [batch, time, vocab] and [batch, time] of the same rows.",
                nameof(labels));
        }

        var (batch, time) = (logits.shape[0], logits.shape[1]);
        var predicting = logits.narrow(1, 0, time - 1).reshape(batch * (time - 1), -1);
        var next = labels.narrow(1, 1, time - 1).reshape(batch * (time - 1));
        return OfTokens(predicting, next).view(batch, time - 1);
    }

    /// <summary>log p(target) under each row of scores: the form for positions picked out beforehand, so that no score is computed in vain.</summary>
    /// <param name="logits">Unnormalised scores, <c>[tokens, vocab]</c>.</param>
    /// <param name="targets">The token that came, <c>[tokens]</c> int64; −100 gives 0.</param>
    /// <returns>Nats, <c>[tokens]</c>, at most 0.</returns>
    public static Tensor OfTokens(Tensor logits, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(targets);
        return Ops.LogProbs(logits, targets, Ignored);
    }

    /// <summary>Sums tokens' log-probabilities into their rows.</summary>
    /// <param name="tokens">Nats, <c>[tokens]</c>, as <see cref="OfTokens"/> gives them.</param>
    /// <param name="rows">The row of each token, <c>[tokens]</c> int64, 0 to <paramref name="batch"/> − 1.</param>
    /// <param name="batch">How many rows there are; a row without tokens gets 0.</param>
    /// <returns>Nats, <c>[batch]</c>.</returns>
    public static Tensor Sum(Tensor tokens, Tensor rows, long batch)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return zeros(batch, dtype: tokens.dtype, device: tokens.device).index_add(0, rows, tokens, Scalars.Of(1));
    }
}
