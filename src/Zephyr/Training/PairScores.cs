using Zephyr.Data;
using Zephyr.Losses;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>What a model makes of a batch of pairs.</summary>
/// <param name="LogProbs">Summed over each response, nats, <c>[pairs]</c> each.</param>
/// <param name="Tokens">Token by token; those of chosen responses stand first.</param>
/// <param name="Lengths">Tokens of each response.</param>
/// <param name="ChosenTokens">How many of <paramref name="Tokens"/> belong to chosen responses.</param>
internal sealed record PairScores(PairLogProbs LogProbs, TokenScores Tokens, PairLengths Lengths, int ChosenTokens)
{
    /// <summary>Log-probabilities of the chosen responses' tokens, <c>[tokens]</c>.</summary>
    public Tensor ChosenTokenLogProbs => Tokens.LogProbs.narrow(0, 0, ChosenTokens);

    /// <summary>Runs the model over chosen and rejected rows at once.</summary>
    public static PairScores Of(Mistral model, PairBatch batch, bool metrics)
    {
        var tokens = TokenScores.Of(model, batch.Rows, metrics);
        var sums = SequenceLogProbs.Sum(tokens.LogProbs, batch.Rows.Learned.Rows, 2L * batch.Pairs);
        Tensor Lengths(IReadOnlyList<int> counts) => tensor(counts.Select(count => (double)count).ToArray(), tokens.LogProbs.dtype, model.Device);
        return new(
            new(sums.narrow(0, 0, batch.Pairs), sums.narrow(0, batch.Pairs, batch.Pairs)),
            tokens,
            new(Lengths(batch.ChosenTokens), Lengths(batch.RejectedTokens)),
            batch.ChosenTokens.Sum());
    }
}
