using Zephyr.Losses;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>The weighted sum of a run's losses over one batch.</summary>
internal static class PreferenceLosses
{
    /// <param name="options">Which losses, and their numbers.</param>
    /// <param name="policy">What the policy makes of the batch.</param>
    /// <param name="reference">What the frozen model makes of it; null where no loss needs it.</param>
    /// <returns>The batch's loss, a scalar, and the rewards: β times the log-ratio whatever the loss; without a reference β times nats per token.</returns>
    public static (Tensor Loss, DpoOutput Rewards) Of(DpoOptions options, PairScores policy, PairLogProbs? reference)
    {
        var rewards = (reference is null ? LogRatios.PerToken(policy.LogProbs, policy.Lengths, BetaOfRewards(options)) : LogRatios.Of(policy.LogProbs, reference, options.Beta));
        Tensor? sum = null;
        foreach (var part in options.Losses)
        {
            var loss = One(part, options, policy, reference);
            var weighed = (policy.Weights is { } weights ? (loss * weights).mean() : loss.mean()).Times(part.Weight);
            sum = sum is null ? weighed : sum.Plus(weighed);
        }

        return (sum ?? throw new ArgumentException("There is no loss to minimise: Losses is empty.", nameof(options)), rewards.With(sum));
    }

    /// <summary>Without a reference the first loss's own β says what a reward is, as in the trainers of those losses.</summary>
    private static double BetaOfRewards(DpoOptions options) => options.Losses[0].Beta ?? options.Beta;

    /// <returns>One value per pair, or one for the batch.</returns>
    private static Tensor One(WeightedLoss part, DpoOptions options, PairScores policy, PairLogProbs? reference)
    {
        var (pair, lengths, beta, epsilon, divergence) = (policy.LogProbs, policy.Lengths, part.Beta ?? options.Beta, options.LabelSmoothing, options.Divergence);
        if (part.IsReferenceFree)
        {
            return part.Loss switch
            {
                PreferenceLoss.Sft => SftLoss.Compute(policy.ChosenTokenLogProbs),
                PreferenceLoss.SimPo => SimPoLoss.Compute(pair, lengths, beta, part.Gamma ?? 0.5).Loss,
                _ => OrpoLoss.Compute(pair, lengths, policy.ChosenTokenLogProbs, beta).Loss,
            };
        }

        var frozen = reference ?? throw new ArgumentNullException(nameof(reference), $"{part.Loss} compares the policy with a reference, and there is none.");
        var output = part.Loss switch
        {
            PreferenceLoss.Sigmoid => DpoLoss.Compute(pair, frozen, beta, divergence),
            PreferenceLoss.Conservative => ConservativeDpoLoss.Compute(pair, frozen, beta, epsilon, divergence),
            PreferenceLoss.Robust => RobustDpoLoss.Compute(pair, frozen, beta, epsilon, divergence),
            PreferenceLoss.Hinge => HingeLoss.Compute(pair, frozen, beta, divergence),
            PreferenceLoss.Ipo => IpoLoss.Compute(pair, frozen, lengths, beta, divergence),
            PreferenceLoss.IpoOnSums => IpoLoss.ComputeOnSums(pair, frozen, beta, divergence),
            PreferenceLoss.ExoPair => ExoPairLoss.Compute(pair, frozen, beta, epsilon, divergence),
            PreferenceLoss.NcaPair => NcaPairLoss.Compute(pair, frozen, beta, divergence),
            PreferenceLoss.BcoPair => BcoPairLoss.Compute(pair, frozen, beta, shift: 0, divergence),
            PreferenceLoss.SppoHard => SppoHardLoss.Compute(pair, frozen, beta, divergence),
            PreferenceLoss.Aot => AotLoss.Compute(pair, frozen, beta, epsilon),
            PreferenceLoss.AotUnpaired => AotLoss.ComputeUnpaired(pair, frozen, beta, epsilon),
            PreferenceLoss.ApoZero => ApoLoss.ComputeZero(pair, frozen, beta),
            PreferenceLoss.ApoDown => ApoLoss.ComputeDown(pair, frozen, beta, divergence),
            PreferenceLoss.DiscoPop => DiscoPopLoss.Compute(pair, frozen, beta, part.Tau ?? 0.05, divergence),
            PreferenceLoss.SigmoidNorm => NormalizedDpoLoss.Compute(pair, frozen, lengths, beta, divergence),
            _ => throw new ArgumentException($"{part.Loss} is no known loss.", nameof(part)),
        };
        return output.Loss;
    }
}
