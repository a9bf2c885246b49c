using System.Globalization;
using Spectre.Console;
using Zephyr.Recipe;
using Zephyr.Recipe.Claims;

namespace Zephyr.Cli.Claims;

/// <summary>One run of the command: some groups of claims on some seeds and prompts.</summary>
/// <param name="set">The claims.</param>
/// <param name="folder">The data folder.</param>
/// <param name="split">The prompts.</param>
/// <param name="prompts">How many.</param>
/// <param name="groups">The groups to be decided.</param>
/// <param name="seeds">Other seeds than the file's; null for the file's.</param>
internal sealed class ClaimRun(ClaimSet set, string folder, string split, int prompts, IReadOnlyList<ClaimGroup> groups, IReadOnlyList<long>? seeds)
{
    private readonly (Claim Claim, IReadOnlyList<long> Seeds)[] _claims = [.. set.Of(groups).Select(claim => (claim, seeds ?? set.Seeds.Of(claim.Group)))];
    private readonly string _settings = SettingsHash.Of(new WorldData(folder));

    /// <summary>Whether this is what the claims were written down for: their settings, prompts and seeds.</summary>
    public bool IsTheReport => _settings == set.Settings && (split, prompts) == (set.Split, set.Prompts)
        && _claims.All(claim => claim.Seeds.SequenceEqual(set.Seeds.Of(claim.Claim.Group)));

    /// <summary>Says what will be run, and in what it is not the report.</summary>
    public void Announce(IAnsiConsole console)
    {
        var plan = new ClaimPlan(_claims);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"{_claims.Length} claims, seeds {string.Join(", ", _claims.SelectMany(claim => claim.Seeds).Distinct())}, {prompts} prompts of {split}, {plan.Jobs.Count} models");
        if (_settings != set.Settings)
        {
            console.MarkupLineInterpolated($"[yellow]settings are {_settings}, the claims were written down for {set.Settings}[/]");
        }

        if (!IsTheReport)
        {
            console.MarkupLine("[yellow]not the report: settings, seeds or prompts are others than those of the claims[/]");
        }
    }

    /// <summary>Trains what is missing and draws the replies, several models side by side.</summary>
    /// <exception cref="InvalidOperationException">A worker ended in an error.</exception>
    public async Task MakeAsync(IAnsiConsole console, int workers, CancellationToken cancelled)
    {
        var (plan, running, count) = (new ClaimPlan(_claims), new Dictionary<Task<string>, ClaimJob>(), 0);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        try
        {
            while (!plan.IsTaken || running.Count > 0)
            {
                while (running.Count < workers && plan.Take() is { } job)
                {
                    running[ClaimWorker.StartAsync(job, folder, split, prompts, all.Token)] = job;
                }

                var ended = await Task.WhenAny(running.Keys);
                running.Remove(ended, out var done);
                console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{++count,3} of {plan.Jobs.Count}  seed {done!.Seed,-3} {done.Arm,-32} {await ended}");
                plan.Finish(done);
            }
        }
        finally
        {
            await all.CancelAsync();
            await Task.WhenAll(running.Keys.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
        }
    }

    /// <summary>Decides every claim from what lies ready.</summary>
    public ClaimResults Decide(CancellationToken cancelled)
    {
        var evidence = _claims.SelectMany(claim => claim.Seeds).Distinct().ToDictionary(seed => seed, seed => new RecipeEvidence(new TinyRecipe(folder, seed), split, prompts, cancelled));
        IReadOnlyList<long> seeds = _claims.FirstOrDefault(claim => claim.Claim.Group == ClaimGroup.Paper).Seeds ?? [];
        IReadOnlyList<FamilyMeans> Families(string arm) => FamilyMeans.Of(
            arm, evidence[seeds[0]].Questions, [.. seeds.Select(seed => (seed, evidence[seed].Scores(arm).SampledByPrompt))]);
        return new(
            _settings,
            split,
            prompts,
            [.. _claims.Select(claim => ClaimDecision.Decide(claim.Claim, [.. claim.Seeds.Select(seed => evidence[seed])]))],
            seeds.Count == 0 ? [] : [.. Families("dSFT"), .. Families("dDPO+dSFT")]);
    }

    /// <summary>Writes the results: beside the claims where this is the report, else among the runs. Groups decided before stay.</summary>
    /// <returns>The file.</returns>
    public string Save(ClaimResults results)
    {
        var path = IsTheReport ? Path.Combine(folder, ClaimResults.FileName) : Path.Combine(folder, "runs", ClaimResults.FileName);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        (IsTheReport && File.Exists(path) ? results.With(ClaimResults.Load(path), set.Claims) : results).Save(path);
        if (IsTheReport)
        {
            DataCards.Write(folder);
        }

        return path;
    }
}
