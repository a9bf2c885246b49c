using Zephyr.Recipe.Claims;

namespace Zephyr.Cli.Claims;

/// <summary>One model of one seed: trained where it was not, and made to answer where a claim is about its replies.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Arm">The model.</param>
/// <param name="Answers">Whether its replies are wanted, or only the model.</param>
internal sealed record ClaimJob(long Seed, string Arm, bool Answers);

/// <summary>Which models some claims need, in an order that keeps all processors busy: what most hangs on first.</summary>
internal sealed class ClaimPlan
{
    private readonly List<ClaimJob> _waiting;
    private readonly HashSet<(long Seed, string Arm)> _done = [];

    /// <summary>Plans for claims on their seeds.</summary>
    public ClaimPlan(IEnumerable<(Claim Claim, IReadOnlyList<long> Seeds)> claims)
    {
        var answering = new Dictionary<(long Seed, string Arm), bool>();
        foreach (var (claim, seeds) in claims)
        {
            foreach (var (seed, arm) in seeds.SelectMany(seed => claim.Statistic.Arms.Select(arm => (seed, arm))))
            {
                answering[(seed, arm)] = answering.GetValueOrDefault((seed, arm)) || claim.Statistic.Measure is not null;
                for (var start = ClaimArms.StartOf(arm); start is not null; start = ClaimArms.StartOf(start))
                {
                    answering.TryAdd((seed, start), false);
                }
            }
        }

        var order = ClaimArms.Names.Index().ToDictionary(arm => arm.Item, arm => arm.Index);
        _waiting = [.. answering.Select(wanted => new ClaimJob(wanted.Key.Seed, wanted.Key.Arm, wanted.Value))];
        _waiting = [.. _waiting.OrderByDescending(Remaining).ThenBy(job => job.Seed).ThenBy(job => order[job.Arm])];
        Jobs = [.. _waiting];
    }

    /// <summary>All jobs, the most urgent first.</summary>
    public IReadOnlyList<ClaimJob> Jobs { get; }

    /// <summary>Whether every job has been taken.</summary>
    public bool IsTaken => _waiting.Count == 0;

    /// <summary>The most urgent job whose start is done; null where none can begin yet.</summary>
    public ClaimJob? Take()
    {
        var next = _waiting.FirstOrDefault(job => ClaimArms.StartOf(job.Arm) is not { } start || _done.Contains((job.Seed, start)));
        if (next is not null)
        {
            _waiting.Remove(next);
        }

        return next;
    }

    /// <summary>Notes that a job has ended.</summary>
    public void Finish(ClaimJob job) => _done.Add((job.Seed, job.Arm));

    /// <summary>The effort of the longest chain of jobs that begins with this one.</summary>
    private int Remaining(ClaimJob job) => ClaimArms.EffortOf(job.Arm)
        + _waiting.Where(other => other.Seed == job.Seed && ClaimArms.StartOf(other.Arm) == job.Arm).Select(Remaining).DefaultIfEmpty(0).Max();
}
