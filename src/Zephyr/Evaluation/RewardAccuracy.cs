namespace Zephyr.Evaluation;

/// <summary>How well DPO's implicit rewards agree with the judge: the share of pairs whose chosen reply has the higher reward.</summary>
/// <param name="Accuracy">Share with chosen strictly above rejected, 0 to 1. A tie counts as wrong, as in TRL.</param>
/// <param name="StandardError">sqrt(p (1 - p) / count): with 64 pairs about 0.05, which is why the released run's 0.7812 says little.</param>
/// <param name="Margin">Mean of chosen - rejected, nats x beta.</param>
/// <param name="Chosen">Mean reward of the chosen replies.</param>
/// <param name="Rejected">Mean reward of the rejected replies.</param>
/// <param name="Count">Pairs.</param>
/// <remarks>Means run over pairs. Published logs average over batches, and in 2023 over the first process only.</remarks>
public sealed record RewardAccuracy(double Accuracy, double StandardError, double Margin, double Chosen, double Rejected, int Count)
{
    /// <summary>From the rewards beta (log pi - log pi_ref) of both replies of each pair.</summary>
    /// <param name="chosen">Rewards of the chosen replies, one a pair.</param>
    /// <param name="rejected">Rewards of the rejected replies, in the same order.</param>
    /// <exception cref="ArgumentException">The lists differ in length, are empty or hold a number that is not finite.</exception>
    public static RewardAccuracy Of(IReadOnlyList<double> chosen, IReadOnlyList<double> rejected)
    {
        Statistics.RequirePairs(chosen, rejected);
        var accuracy = chosen.Zip(rejected).Count(pair => pair.First > pair.Second) / (double)chosen.Count;
        var (meanChosen, meanRejected) = (Statistics.Mean(chosen), Statistics.Mean(rejected));
        return new(accuracy, Math.Sqrt(accuracy * (1 - accuracy) / chosen.Count), meanChosen - meanRejected, meanChosen, meanRejected, chosen.Count);
    }
}
