using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Losses;

/// <summary>Cross-entropy of supervised fine-tuning: −(1/n) Σ log π(token | all before it), over the n learned tokens of a batch.</summary>
/// <remarks>Source: Tunstall et al. 2023, section 3, step 1 (dSFT). A mean over tokens, not over rows: a long row weighs more.</remarks>
public static class SftLoss
{
    /// <summary>The loss of a batch from its logits.</summary>
    /// <param name="logits">Unnormalised scores for the next token, <c>[batch, time, vocab]</c>.</param>
    /// <param name="labels">The tokens themselves, <c>[batch, time]</c> int64, −100 where nothing is learned.</param>
    /// <returns>Nats per learned token, a scalar; NaN where there is none.</returns>
    public static Tensor Compute(Tensor logits, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var learned = labels.narrow(1, 1, labels.shape[1] - 1).ne(Scalars.Of(SequenceLogProbs.Ignored)).sum();
        return -SequenceLogProbs.PerToken(logits, labels).sum() / learned;
    }

    /// <summary>The loss of picked-out tokens.</summary>
    /// <param name="tokenLogProbs">Nats, <c>[tokens]</c>, as <see cref="SequenceLogProbs.OfTokens"/> gives them.</param>
    /// <param name="count">
    /// What the sum is divided by; null is the number of tokens given. When a step is accumulated over parts, give each part the step's whole count:
    /// the parts' losses then add up to the mean over all tokens.
    /// </param>
    /// <returns>Nats per token, a scalar.</returns>
    public static Tensor Compute(Tensor tokenLogProbs, long? count = null)
    {
        ArgumentNullException.ThrowIfNull(tokenLogProbs);
        return tokenLogProbs.sum().Over(-(count ?? tokenLogProbs.shape[0]));
    }
}
