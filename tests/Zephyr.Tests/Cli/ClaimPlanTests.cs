using Zephyr.Cli;
using Zephyr.Cli.Claims;
using Zephyr.Recipe;
using Zephyr.Recipe.Claims;

namespace Zephyr.Tests.Cli;

public class ClaimPlanTests
{
    private static readonly ClaimSet Set = ClaimSet.Load(Path.Combine(GoldenFiles.RepositoryRoot, "data", ClaimSet.FileName));

    [Fact]
    public void Every_model_is_made_once_and_after_the_one_it_starts_from()
    {
        var plan = new ClaimPlan(Set.Claims.Select(claim => (claim, (IReadOnlyList<long>)[11, 12])));
        var (taken, finished) = (new List<ClaimJob>(), new HashSet<(long, string)>());
        for (var running = new Queue<ClaimJob>(); !plan.IsTaken || running.Count > 0;)
        {
            while (running.Count < 2 && plan.Take() is { } job)
            {
                Assert.True(ClaimArms.StartOf(job.Arm) is not { } start || finished.Contains((job.Seed, start)), $"{job} began before its start was done");
                taken.Add(job);
                running.Enqueue(job);
            }

            var done = running.Dequeue();
            finished.Add((done.Seed, done.Arm));
            plan.Finish(done);
        }

        Assert.Equal(taken.Count, taken.Distinct().Count());
        Assert.Equal(["base", "base"], taken.Take(2).Select(job => job.Arm));
        Assert.All(Set.Claims.SelectMany(claim => claim.Statistic.Arms), arm => Assert.Contains((12, arm), finished));
    }

    [Fact]
    public void Arms_that_no_claim_needs_are_not_made_and_replies_that_none_needs_are_not_drawn()
    {
        var stair = Set.Claims.Single(claim => claim.Id == "stair-1");

        var jobs = new ClaimPlan([(stair, [11])]).Jobs;

        Assert.Equal([new(11, "base", false), new(11, "dSFT", false), new ClaimJob(11, "dDPO+dSFT, 3 epochs", false)], jobs);
    }

    [Fact]
    public async Task The_command_decides_with_shipped_models_and_keeps_a_try_apart_from_the_report()
    {
        var folder = Directory.CreateTempSubdirectory("zephyr-claims-").FullName;
        foreach (var shipped in (string[])["world", "checkpoints"])
        {
            Directory.CreateSymbolicLink(Path.Combine(folder, shipped), Path.Combine(GoldenFiles.RepositoryRoot, "data", shipped));
        }

        var (from, to) = (Set.Claims.Single(claim => claim.Id == "dsft-over-base"), Path.Combine(folder, ClaimSet.FileName));
        File.WriteAllText(to, System.Text.Json.JsonSerializer.Serialize(Set with { Claims = [from, Swapped(from)] }, ClaimSet.Json));

        var code = await ClaimsCommand.RunAsync(["--data", folder, "--seeds", "1", "--split", "dev", "--prompts", "16"]);

        var results = ClaimResults.Load(Path.Combine(folder, "runs", ClaimResults.FileName));
        Assert.False(File.Exists(Path.Combine(folder, ClaimResults.FileName)));
        Assert.Equal(["replies"], Directory.GetDirectories(Path.Combine(folder, "runs")).Select(Path.GetFileName)); // nothing was trained
        Assert.Equal([true, false], results.Outcomes.Select(outcome => outcome.Holds));
        Assert.Equal(1, code); // a required claim does not hold, and is in the table all the same
        Assert.Equal(results.Outcomes[0].Ours.Value, -results.Outcomes[1].Ours.Value, 1e-12);
        var recipe = new TinyRecipe(folder);
        using var sft = recipe.Sft.Load(cancelled: TestContext.Current.CancellationToken);
        using var dpo = recipe.Dpo.Load(cancelled: TestContext.Current.CancellationToken);
        var (afterSft, afterDpo) = (ByHand(recipe, sft), ByHand(recipe, dpo));
        Assert.Equal(results.Outcomes[0].Arms[0].Mean, afterSft, 1e-9);
        Assert.Equal([("dSFT", 16), ("dDPO+dSFT", 16)], results.Families.GroupBy(kind => kind.Arm).Select(arm => (arm.Key, arm.Sum(kind => kind.Prompts))));
        Assert.Equal(afterSft, OverKinds(results, "dSFT"), 1e-9); // means of kinds, weighted by prompts, are the mean of all prompts
        Assert.Equal(afterDpo, OverKinds(results, "dDPO+dSFT"), 1e-9);
        Assert.NotEqual(afterSft, afterDpo);
    }

    private static double OverKinds(ClaimResults results, string arm) => results.Families.Where(kind => kind.Arm == arm).Sum(kind => kind.Prompts * kind.Seeds.Single(seed => seed.Seed == 1).Mean) / 16;

    private static Claim Swapped(Claim claim) => claim with { Id = "the-other-way-round", Statistic = claim.Statistic with { Arms = [.. claim.Statistic.Arms.Reverse()] } };

    private static double ByHand(TinyRecipe recipe, Zephyr.Model.Mistral model) =>
        new ArmEvaluation(recipe, [.. recipe.Data.Development.Take(16)]).Score("dSFT", model).Samples.Average(sample => sample.Mean);
}
