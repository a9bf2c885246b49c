using Zephyr.Runtime;

namespace Zephyr.Losses;

/// <summary>Simple preference optimisation: the mean log-probability of a token as the reward, a target margin, and no reference.</summary>
/// <remarks>Source: Meng et al. 2024, "SimPO", equation 6. The paper's γ is given as it stands there, not as γ/β.</remarks>
public static class SimPoLoss
{
    /// <summary>−log σ(β (log π(y_w)/l_w − log π(y_l)/l_l) − γ), l = tokens of the response; one value per pair. Rewards are β log π/l.</summary>
    /// <param name="policy">Under the model being trained; carries gradients.</param>
    /// <param name="lengths">Tokens of the responses, each at least 1.</param>
    /// <param name="beta">What makes a reward of nats per token. The paper: 2 to 2.5.</param>
    /// <param name="gamma">γ, the margin asked for, at least 0. The paper: 0.3 to 1.6; TRL's default: 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">β is not positive, or γ is negative.</exception>
    public static DpoOutput Compute(PairLogProbs policy, PairLengths lengths, double beta = 2, double gamma = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gamma);
        var means = LogRatios.PerToken(policy, lengths, beta);
        return means.With(Logistic.Loss(means.Gap.Times(beta).Plus(-gamma)));
    }
}
