using Zephyr.Losses;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>Sums over pairs and tokens, gathered batch by batch.</summary>
internal sealed class DpoSums(bool tokenMetrics)
{
    private readonly double[] _sums = new double[10];
    private long _pairs, _chosenTokens, _rejectedTokens;

    /// <summary>The sum of the batches' losses, each a mean over its pairs.</summary>
    public double Losses => _sums[0];

    /// <summary>What a batch adds to the sums, <c>[10]</c> in double: one transfer a batch.</summary>
    public void Add(Tensor loss, PairScores scores, DpoOutput rewards)
    {
        var (chosen, rejected) = (scores.ChosenTokens, (int)scores.Tokens.LogProbs.shape[0] - scores.ChosenTokens);
        var margin = rewards.Margin;
        var parts = new List<Tensor>
        {
            loss, rewards.ChosenReward.sum(), rewards.RejectedReward.sum(), margin.gt(Scalars.Of(0)).sum(), scores.LogProbs.Chosen.sum(), scores.LogProbs.Rejected.sum(),
        };
        if (tokenMetrics)
        {
            var logit = scores.Tokens.MeanLogit!;
            parts.AddRange([logit.narrow(0, 0, chosen).sum(), logit.narrow(0, chosen, rejected).sum(), scores.Tokens.Entropy!.sum(), scores.Tokens.Right!.narrow(0, 0, chosen).sum()]);
        }

        var numbers = stack(parts.Select(part => part.detach().to(ScalarType.Float64))).Doubles();
        for (var i = 0; i < numbers.Length; i++)
        {
            _sums[i] += numbers[i];
        }

        (_pairs, _chosenTokens, _rejectedTokens) = (_pairs + rewards.ChosenReward.shape[0], _chosenTokens + chosen, _rejectedTokens + rejected);
    }

    /// <summary>The means.</summary>
    public DpoNumbers Means() => new()
    {
        ChosenReward = _sums[1] / _pairs,
        RejectedReward = _sums[2] / _pairs,
        Accuracy = _sums[3] / _pairs,
        Margin = (_sums[1] - _sums[2]) / _pairs,
        ChosenLogProb = _sums[4] / _pairs,
        RejectedLogProb = _sums[5] / _pairs,
        ChosenLogit = tokenMetrics ? _sums[6] / _chosenTokens : null,
        RejectedLogit = tokenMetrics ? _sums[7] / _rejectedTokens : null,
        Entropy = tokenMetrics ? _sums[8] / (_chosenTokens + _rejectedTokens) : null,
        TokenAccuracy = tokenMetrics ? _sums[9] / _chosenTokens : null,
    };
}
