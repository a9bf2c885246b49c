using Zephyr.Evaluation;

namespace Zephyr.Recipe.Claims;

/// <summary>
/// Decides claims from evidence. Numbers of replies are paired by prompt: seeds are averaged prompt by prompt, then prompts are drawn anew (bootstrap, 95 %).
/// Numbers of losses have one value a seed and Student's interval over the seeds.
/// </summary>
public static class ClaimDecision
{
    // Student's t, 97.5 %, for 1 to 10 degrees of freedom; more seeds than 11 keep the last, which is a little too wide.
    private static readonly double[] Student = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

    /// <summary>Decides one claim.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="seeds">What was observed, at least one seed.</param>
    /// <exception cref="ArgumentException">There is no seed.</exception>
    /// <exception cref="InvalidDataException">A log does not have the steps that the claim asks for.</exception>
    public static ClaimOutcome Decide(Claim claim, IReadOnlyList<IClaimEvidence> seeds)
    {
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(seeds);
        if (seeds.Count == 0)
        {
            throw new ArgumentException($"Claim \"{claim.Id}\" needs the evidence of at least one seed.", nameof(seeds));
        }

        var (ours, each, arms) = claim.Statistic.Kind is StatisticKind.LossDrop or StatisticKind.HeldOutRise ? OfLosses(claim.Statistic, seeds) : OfReplies(claim.Statistic, seeds);
        bool?[] met = claim.Statistic.Scope == ClaimScope.Pooled ? [ours.Meets(claim.Threshold)] : [.. each.Select(seed => seed.Estimate.Meets(claim.Threshold))];
        bool? holds = met.Contains(false) ? false : met.Contains(null) ? null : true;
        return new(claim, ours, each, arms, holds);
    }

    private static (Estimate Ours, SeedEstimate[] Each, ArmMean[] Arms) OfReplies(ClaimStatistic statistic, IReadOnlyList<IClaimEvidence> seeds)
    {
        var weights = Weights(statistic);
        double[][][] values = [.. seeds.Select(seed => statistic.Arms.Select(arm => Applicable(seed.Values(arm, statistic.Measure!.Value, statistic.Decoding!.Value))).ToArray())];
        double[][] contrasts = [.. values.Select(arms => Contrast(arms, weights))];
        double[] zeros = new double[contrasts[0].Length];
        return (
            Estimate.Of(PairedBootstrap.Pooled(contrasts, [.. contrasts.Select(_ => zeros)])),
            [.. seeds.Zip(contrasts, (seed, contrast) => new SeedEstimate(seed.Seed, Estimate.Of(PairedBootstrap.Difference(contrast, zeros))))],
            [.. statistic.Arms.Select((arm, place) => new ArmMean(arm, values.Average(arms => arms[place].Average())))]);
    }

    /// <summary>What each arm counts for: +1 and -1 for a difference; for a trend the weights of a least-squares slope over 0, 1, 2 ...</summary>
    private static double[] Weights(ClaimStatistic statistic)
    {
        var count = statistic.Arms.Count;
        var middle = (count - 1) / 2.0;
        double[] places = [.. Enumerable.Range(0, count).Select(place => place - middle)];
        return statistic.Kind switch
        {
            StatisticKind.Difference => [1, -1],
            StatisticKind.Level => [1],
            _ => [.. places.Select(place => place / places.Sum(other => other * other))],
        };
    }

    private static double[] Applicable(IReadOnlyList<double> values) => [.. values.Where(value => !double.IsNaN(value))];

    private static double[] Contrast(double[][] arms, double[] weights) =>
        [.. Enumerable.Range(0, arms[0].Length).Select(prompt => arms.Zip(weights, (values, weight) => weight * values[prompt]).Sum())];

    private static (Estimate Ours, SeedEstimate[] Each, ArmMean[] Arms) OfLosses(ClaimStatistic statistic, IReadOnlyList<IClaimEvidence> seeds)
    {
        double[] numbers = [.. seeds.Select(seed => statistic.Kind == StatisticKind.LossDrop
            ? LossDrop(seed.Losses(statistic.Arms[0]), statistic.Border!.Value)
            : HeldOutRise(seed.Losses(statistic.Arms[0])))];
        return (OverSeeds(numbers), [.. seeds.Zip(numbers, (seed, number) => new SeedEstimate(seed.Seed, new(number)))], []);
    }

    private static double LossDrop(IReadOnlyList<LoggedLoss> steps, int border)
    {
        double[] before = [.. steps.Where(step => step.Epoch > border - 0.25 + 1e-9 && step.Epoch <= border + 1e-9).Select(step => step.Loss)];
        double[] after = [.. steps.Where(step => step.Epoch > border + 1e-9 && step.Epoch <= border + 0.25 + 1e-9).Select(step => step.Loss)];
        return before.Length > 0 && after.Length > 0
            ? 1 - after.Average() / before.Average()
            : throw new InvalidDataException($"The log of {steps.Count} steps has {before.Length} in the quarter before the end of epoch {border} and {after.Length} in the quarter after it: both must have some.");
    }

    private static double HeldOutRise(IReadOnlyList<LoggedLoss> steps)
    {
        double[] measured = [.. steps.Select(step => step.HeldOut).OfType<double>()];
        return measured.Length > 1
            ? measured[^1] - measured[0]
            : throw new InvalidDataException($"The log has {measured.Length} held-out losses; a rise needs one after the first epoch and one after the last.");
    }

    private static Estimate OverSeeds(double[] numbers)
    {
        var mean = numbers.Average();
        if (numbers.Length == 1)
        {
            return new(mean);
        }

        var error = Math.Sqrt(numbers.Sum(number => (number - mean) * (number - mean)) / (numbers.Length - 1) / numbers.Length);
        var half = Student[Math.Min(numbers.Length - 1, Student.Length) - 1] * error;
        return new(mean, mean - half, mean + half);
    }
}
