using System.Globalization;
using Spectre.Console;
using Zephyr.Evaluation;
using Zephyr.Recipe.Claims;

namespace Zephyr.Cli.Claims;

/// <summary>Claims and what came out, as a table for the console.</summary>
internal static class ClaimTable
{
    /// <summary>Prints every claim that was run, in the order of the file.</summary>
    public static void Print(IAnsiConsole console, IReadOnlyList<ClaimOutcome> outcomes)
    {
        var table = new Table().AddColumn("claim").AddColumn("the paper").AddColumn("ours, 95 %").AddColumn("wanted").AddColumn("").AddColumn("seed by seed");
        foreach (var outcome in outcomes)
        {
            var claim = outcome.Claim;
            table.AddRow(
                Markup.Escape($"{claim.Sentence}{(claim.Required ? "" : " (reported)")}"),
                Markup.Escape($"{claim.Paper.Number} ({claim.Paper.Source})"),
                Markup.Escape($"{outcome.Ours} {claim.Statistic.Unit}{Means(outcome)}"),
                Markup.Escape($"{claim.Threshold}"),
                outcome.Holds == true ? "[green]holds[/]" : outcome.Holds == false ? "[red]does not hold[/]" : "not decided",
                Markup.Escape(string.Join("  ", outcome.Seeds.Select(seed => $"{seed.Seed}: {Interval.WithSign(seed.Estimate.Value)}"))));
        }

        console.Write(table);
    }

    /// <summary>Prints what the means hide: each kind of question by itself.</summary>
    public static void PrintFamilies(IAnsiConsole console, IReadOnlyList<FamilyMeans> families)
    {
        var table = new Table().AddColumn("model").AddColumn("kind of question").AddColumn("prompts").AddColumn("mean score").AddColumn("seed by seed");
        foreach (var family in families)
        {
            table.AddRow(
                Markup.Escape(family.Arm),
                $"{family.Family}",
                $"{family.Prompts}",
                string.Create(CultureInfo.InvariantCulture, $"{family.Seeds.Average(seed => seed.Mean):0.00}"),
                string.Join("  ", family.Seeds.Select(seed => string.Create(CultureInfo.InvariantCulture, $"{seed.Seed}: {seed.Mean:0.00}"))));
        }

        console.Write(table);
    }

    private static string Means(ClaimOutcome outcome) => outcome.Arms.Count == 0 ? ""
        : $"\n({string.Join(" | ", outcome.Arms.Select(arm => string.Create(CultureInfo.InvariantCulture, $"{arm.Arm} {arm.Mean:0.00}")))})";
}
