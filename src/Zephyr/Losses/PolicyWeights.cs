using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Losses;

/// <summary>WPO: pairs that the policy itself might have written count more, so that old data is learned as if it were fresh.</summary>
/// <remarks>Source: Zhou et al. 2024, "WPO", equation 2 with the sampled alignment: each token's probability over the mean probability of a token drawn from the policy.</remarks>
public static class PolicyWeights
{
    /// <summary>w(y_w) w(y_l), w(y) = exp((1/l) Σ (log π(token) − log Σ_v π(v)²)), <c>[pairs]</c>; no gradient. What a pair's loss is multiplied by.</summary>
    /// <param name="tokens">log π of each response's tokens, all chosen responses first, nats, <c>[tokens]</c>.</param>
    /// <param name="logSumSquares">log Σ_v π(v)² of the prediction that each token was drawn from, <c>[tokens]</c>.</param>
    /// <param name="rows">The response of each token, <c>[tokens]</c> int64: pair p's chosen is p, its rejected pairs + p.</param>
    /// <param name="lengths">Tokens of the responses, each at least 1.</param>
    public static Tensor Of(Tensor tokens, Tensor logSumSquares, Tensor rows, PairLengths lengths)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(logSumSquares);
        ArgumentNullException.ThrowIfNull(lengths);
        var pairs = lengths.Chosen.shape[0];
        var sums = SequenceLogProbs.Sum(tokens.detach() - logSumSquares.detach(), rows, 2 * pairs);
        var (chosen, rejected) = (sums.narrow(0, 0, pairs) / lengths.Chosen, sums.narrow(0, pairs, pairs) / lengths.Rejected);
        return chosen.Plus(rejected).exp();
    }
}
