using System.Text.RegularExpressions;

namespace Zephyr.Recipe.Claims;

/// <summary>What the shape of the JSON cannot say: that a claim can be decided at all.</summary>
internal static partial class ClaimChecks
{
    /// <summary>The first thing wrong with a set; null where nothing is.</summary>
    public static string? Fault(ClaimSet set)
    {
        if (!SettingsPattern().IsMatch(set.Settings))
        {
            return $"settings is \"{set.Settings}\", not the 20 hexadecimal digits that `claims --settings show` prints.";
        }

        if (set.Split is not ("dev" or "test"))
        {
            return $"split is \"{set.Split}\": dev or test.";
        }

        var most = set.Split == "dev" ? WorldData.DevelopmentCount : WorldData.TestCount;
        if (set.Prompts < 2 || set.Prompts > most)
        {
            return $"prompts is {set.Prompts}; the split \"{set.Split}\" has {most}, and at least 2 are needed.";
        }

        foreach (var (name, seeds) in new[] { ("paper", set.Seeds.Paper), ("reversals", set.Seeds.Reversals), ("ablations", set.Seeds.Ablations) })
        {
            if (seeds.Count == 0 || seeds.Distinct().Count() != seeds.Count)
            {
                return $"seeds.{name} is [{string.Join(", ", seeds)}]: at least one, each once.";
            }
        }

        if (set.Claims.Count == 0)
        {
            return "there are no claims.";
        }

        var twice = set.Claims.GroupBy(claim => claim.Id).FirstOrDefault(group => group.Count() > 1);
        return twice is not null ? $"two claims are called \"{twice.Key}\"." : set.Claims.Select(Fault).FirstOrDefault(fault => fault is not null);
    }

    private static string? Fault(Claim claim)
    {
        var (statistic, name) = (claim.Statistic, $"claim \"{claim.Id}\"");
        if (!IdPattern().IsMatch(claim.Id))
        {
            return $"{name}: an id is lower-case words with hyphens between.";
        }

        if (new[] { claim.Sentence, claim.Paper.Source, claim.Paper.Number }.Any(string.IsNullOrWhiteSpace))
        {
            return $"{name}: sentence, paper.source and paper.number want words.";
        }

        if (statistic.Arms.FirstOrDefault(arm => !ClaimArms.Names.Contains(arm)) is { } stranger)
        {
            return $"{name}: there is no arm \"{stranger}\". Arms: {string.Join(" | ", ClaimArms.Names)}.";
        }

        return ShapeFault(statistic) is { } shape ? $"{name}: {shape}" : ThresholdFault(claim.Threshold) is { } threshold ? $"{name}: {threshold}" : null;
    }

    private static string? ShapeFault(ClaimStatistic statistic)
    {
        var (kind, arms) = (statistic.Kind, statistic.Arms.Count);
        var (least, most) = kind switch
        {
            StatisticKind.Difference => (2, 2),
            StatisticKind.Trend => (3, int.MaxValue),
            _ => (1, 1),
        };
        var ofReplies = kind is StatisticKind.Difference or StatisticKind.Level or StatisticKind.Trend;
        if (arms < least || arms > most || statistic.Arms.Distinct().Count() != arms)
        {
            return $"{kind} of {arms} arms ({string.Join(", ", statistic.Arms)}): it wants {(most == least ? $"{least}" : $"{least} or more")}, each once.";
        }

        if (ofReplies != (statistic.Measure is not null) || ofReplies != (statistic.Decoding is not null))
        {
            return ofReplies ? $"{kind} is read off replies and wants measure and decoding." : $"{kind} is read off losses: leave measure and decoding out.";
        }

        return (kind == StatisticKind.LossDrop) == (statistic.Border is > 0) ? null : "border, from 1, belongs to a loss drop and to nothing else.";
    }

    private static string? ThresholdFault(ClaimThreshold threshold)
    {
        double[] bounds = [.. new[] { threshold.AtLeast, threshold.AtMost, threshold.LowAbove, threshold.HighBelow }.OfType<double>()];
        return bounds.Length == 0 ? "the threshold has no bound: say what would show the claim to be wrong."
            : threshold.AtLeast > threshold.AtMost || threshold.LowAbove >= threshold.HighBelow ? "the threshold's lower bound lies above its upper one: nothing could meet both."
            : null;
    }

    [GeneratedRegex("^[0-9a-f]{20}$")]
    private static partial Regex SettingsPattern();

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex IdPattern();
}
