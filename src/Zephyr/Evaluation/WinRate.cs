namespace Zephyr.Evaluation;

/// <summary>How often one model's reply is preferred to another's, a tie counting one half.</summary>
/// <param name="Percent">100 x (wins + ties / 2) / count, 0 to 100.</param>
/// <param name="StandardError">In percent points: 100 x sample standard deviation (n - 1) of the outcomes / sqrt(n); null for a single outcome.</param>
/// <param name="Wins">Outcomes above one half.</param>
/// <param name="Losses">Outcomes below one half.</param>
/// <param name="Ties">Outcomes of exactly one half.</param>
/// <remarks>Source: the Zephyr paper's AlpacaEval column (Tables 1 and 3) and alpaca_eval's <c>get_winrate</c>.</remarks>
public sealed record WinRate(double Percent, double? StandardError, int Wins, int Losses, int Ties)
{
    /// <summary>How many outcomes there were.</summary>
    public int Count => Wins + Losses + Ties;

    /// <summary>The rate over outcomes: 1 won, 0.5 tied, 0 lost, and any fraction a judge may give.</summary>
    /// <exception cref="ArgumentException">No outcome, or one outside 0..1.</exception>
    public static WinRate Of(IReadOnlyList<double> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        if (outcomes.Count == 0)
        {
            throw new ArgumentException("A win rate needs at least one outcome.", nameof(outcomes));
        }

        for (var i = 0; i < outcomes.Count; i++)
        {
            if (outcomes[i] is not (>= 0 and <= 1))
            {
                throw new ArgumentException($"Outcome {i} is {outcomes[i]}; outcomes lie between 0 (lost) and 1 (won).", nameof(outcomes));
            }
        }

        return new(
            100 * Statistics.Mean(outcomes),
            outcomes.Count > 1 ? 100 * Statistics.StandardError(outcomes) : null,
            outcomes.Count(outcome => outcome > 0.5),
            outcomes.Count(outcome => outcome < 0.5),
            outcomes.Count(outcome => outcome == 0.5));
    }

    /// <summary>The rate of <paramref name="ours"/> against <paramref name="theirs"/>, prompt by prompt: the higher score wins, equal scores tie.</summary>
    /// <param name="ours">The judge's score of our reply to each prompt.</param>
    /// <param name="theirs">The judge's score of the other reply to the same prompt.</param>
    /// <exception cref="ArgumentException">The lists differ in length or are empty.</exception>
    public static WinRate Between(IReadOnlyList<double> ours, IReadOnlyList<double> theirs) => Of(Outcomes(ours, theirs));

    /// <summary>
    /// The rate over prompts, several of our samples each: a prompt's outcome is the mean over its samples, so that the standard error counts prompts and not samples,
    /// which are not independent.
    /// </summary>
    /// <param name="ours">The judge's scores, for each sample one list over the prompts.</param>
    /// <param name="theirs">The judge's score of the other reply to the same prompt.</param>
    /// <exception cref="ArgumentException">There are no samples, or the lists differ in length or are empty.</exception>
    public static WinRate Between(IReadOnlyList<IReadOnlyList<double>> ours, IReadOnlyList<double> theirs)
    {
        ArgumentNullException.ThrowIfNull(ours);
        if (ours.Count == 0)
        {
            throw new ArgumentException("A win rate needs at least one sample a prompt.", nameof(ours));
        }

        double[][] samples = [.. ours.Select(sample => Outcomes(sample, theirs))];
        return Of([.. Enumerable.Range(0, theirs.Count).Select(prompt => samples.Average(sample => sample[prompt]))]);
    }

    private static double[] Outcomes(IReadOnlyList<double> ours, IReadOnlyList<double> theirs)
    {
        Statistics.RequirePairs(ours, theirs);
        return [.. ours.Zip(theirs, (our, their) => our > their ? 1.0 : our < their ? 0.0 : 0.5)];
    }

    /// <summary>For a table: "53.2 % ± 1.4 (400)".</summary>
    public override string ToString() =>
        StandardError is { } error ? $"{Percent:0.0} % ± {error:0.0} ({Count})" : $"{Percent:0.0} % ({Count})";
}
