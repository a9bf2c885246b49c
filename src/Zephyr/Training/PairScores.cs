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
    /// <summary>What each pair's loss is multiplied by (WPO), <c>[pairs]</c>, no gradient; null is 1.</summary>
    public Tensor? Weights { get; init; }

    /// <summary>Log-probabilities of the chosen responses' tokens, <c>[tokens]</c>.</summary>
    public Tensor ChosenTokenLogProbs => Tokens.LogProbs.narrow(0, 0, ChosenTokens);

    /// <summary>Runs the model over chosen and rejected rows at once.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The pairs.</param>
    /// <param name="metrics">Whether to compute what is only reported.</param>
    /// <param name="tail">Counts what a response has beyond the other's length by this much (LD-DPO); null is 1.</param>
    /// <param name="weighted">Whether to compute <see cref="Weights"/>.</param>
    /// <param name="memory">What may be held at a time.</param>
    public static PairScores Of(Mistral model, PairBatch batch, bool metrics, double? tail = null, bool weighted = false, MemoryOptions? memory = null) =>
        Of(TokenScores.Of(model, batch.Rows, metrics, memory, weighted), batch.Rows.Learned.Rows, batch.ChosenTokens, batch.RejectedTokens, tail, weighted);

    /// <summary>Gathers tokens into pairs.</summary>
    /// <param name="tokens">Token by token; all chosen responses in pair order, then all rejected ones.</param>
    /// <param name="rows">The response of each token, <c>[tokens]</c> int64: pair p's chosen is p, its rejected pairs + p.</param>
    /// <param name="chosen">Tokens of each chosen response.</param>
    /// <param name="rejected">Tokens of each rejected response.</param>
    /// <param name="tail">As above.</param>
    /// <param name="weighted">As above.</param>
    public static PairScores Of(TokenScores tokens, Tensor rows, IReadOnlyList<int> chosen, IReadOnlyList<int> rejected, double? tail, bool weighted)
    {
        Tensor Vector(IEnumerable<double> numbers) => tensor(numbers.ToArray(), tokens.LogProbs.dtype, tokens.LogProbs.device);
        var counted = tail is { } alpha ? tokens.LogProbs * Vector(LengthDesensitization.Factors(chosen, rejected, alpha)) : tokens.LogProbs;
        var sums = SequenceLogProbs.Sum(counted, rows, 2L * chosen.Count);
        var lengths = new PairLengths(Vector(chosen.Select(count => (double)count)), Vector(rejected.Select(count => (double)count)));
        return new(new(sums.narrow(0, 0, chosen.Count), sums.narrow(0, chosen.Count, chosen.Count)), tokens, lengths, chosen.Sum())
        {
            Weights = weighted ? PolicyWeights.Of(tokens.LogProbs, tokens.LogSumSquares!, rows, lengths) : null,
        };
    }
}
