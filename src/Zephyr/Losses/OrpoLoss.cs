using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Losses;

/// <summary>Odds ratio preference optimisation: fine-tuning on the chosen response and a penalty on the odds of the rejected one, in one stage and without a reference.</summary>
/// <remarks>Source: Hong et al. 2024, "ORPO", equations 4, 6 and 7. p is the geometric mean of a response's token probabilities.</remarks>
public static class OrpoLoss
{
    /// <summary>−(1/n) Σ log π(token of y_w) − λ log σ(log odds(y_w) − log odds(y_l)), odds = p/(1 − p); one value per pair, the first term the same for all. Rewards are λ log p.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="lengths">Tokens of the responses, each at least 1.</param>
    /// <param name="chosenTokens">log π of the n tokens of all chosen responses, nats, <c>[tokens]</c>.</param>
    /// <param name="lambda">λ, the weight of the odds; the paper: 0.1 (TRL calls it beta).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lambda"/> is not positive.</exception>
    public static DpoOutput Compute(PairLogProbs policy, PairLengths lengths, Tensor chosenTokens, double lambda = 0.1)
    {
        ArgumentNullException.ThrowIfNull(chosenTokens);
        var means = LogRatios.PerToken(policy, lengths, lambda);
        return means.With(Logistic.Loss(LogOddsRatio(policy, lengths)).Times(lambda).Plus(SftLoss.Compute(chosenTokens)));
    }

    /// <summary>log odds(y_w) − log odds(y_l), <c>[batch]</c>; carries gradients. Infinite only for a response of probability 1.</summary>
    /// <param name="policy">Under the model being trained.</param>
    /// <param name="lengths">Tokens of the responses, each at least 1.</param>
    public static Tensor LogOddsRatio(PairLogProbs policy, PairLengths lengths)
    {
        var means = LogRatios.PerToken(policy, lengths, 1);
        return means.Gap - (Log1MinusExp(means.Chosen) - Log1MinusExp(means.Rejected));
    }

    /// <summary>log(1 − exp x), x below 0: by the form that keeps digits on either side of −log 2, each held off the other's side so that no gradient is lost to it.</summary>
    private static Tensor Log1MinusExp(Tensor x)
    {
        var half = Scalars.Of(-Math.Log(2));
        return where(x.gt(half), x.clamp(min: half).expm1().neg().log(), x.clamp(max: half).exp().neg().log1p());
    }
}
