using Zephyr.Evaluation;

namespace Zephyr.Recipe;

/// <summary>The arms of the ablation over several seeds, and the differences that the recipe is judged by.</summary>
/// <param name="bySeed">For each seed the scores of all arms, in the same order.</param>
public sealed class ArmTable(IReadOnlyList<IReadOnlyList<ArmScores>> bySeed)
{
    /// <summary>The arms' names, in order.</summary>
    public IReadOnlyList<string> Names => [.. bySeed[0].Select(arm => arm.Name)];

    /// <summary>Mean score of an arm at temperature 0.7, seed by seed.</summary>
    public IReadOnlyList<double> Sampled(string name) => [.. Arms(name).Select(arm => arm.Sampled)];

    /// <summary>Mean score of an arm's likeliest replies, seed by seed.</summary>
    public IReadOnlyList<double> Greedy(string name) => [.. Arms(name).Select(arm => arm.Greedy.Mean)];

    /// <summary>An arm's scores, seed by seed.</summary>
    /// <exception cref="ArgumentException">There is no such arm.</exception>
    public IReadOnlyList<ArmScores> Arms(string name) =>
    [
        .. bySeed.Select(arms => arms.FirstOrDefault(arm => arm.Name == name)
            ?? throw new ArgumentException($"There is no arm \"{name}\": {string.Join(", ", Names)}.", nameof(name))),
    ];

    /// <summary>One arm minus another, paired by prompt: each seed alone, then all seeds averaged prompt by prompt.</summary>
    /// <param name="ours">The arm that is hoped to be better.</param>
    /// <param name="theirs">The arm that it is compared with.</param>
    public ArmDifference Difference(string ours, string theirs)
    {
        var (one, other) = (Arms(ours), Arms(theirs));
        return new(
            ours,
            theirs,
            [.. one.Zip(other, (a, b) => PairedBootstrap.Difference(a.SampledByPrompt, b.SampledByPrompt))],
            PairedBootstrap.Pooled([.. one.Select(arm => arm.SampledByPrompt)], [.. other.Select(arm => arm.SampledByPrompt)]),
            PairedBootstrap.Pooled([.. one.Select(arm => arm.GreedyByPrompt)], [.. other.Select(arm => arm.GreedyByPrompt)]));
    }
}

/// <summary>One arm minus another, judge points with 95 % intervals over prompts.</summary>
/// <param name="Ours">The arm that is hoped to be better.</param>
/// <param name="Theirs">The arm that it is compared with.</param>
/// <param name="Sampled">At temperature 0.7, seed by seed.</param>
/// <param name="SampledPooled">At temperature 0.7, all seeds.</param>
/// <param name="GreedyPooled">Likeliest replies, all seeds.</param>
public sealed record ArmDifference(string Ours, string Theirs, IReadOnlyList<Interval> Sampled, Interval SampledPooled, Interval GreedyPooled);
