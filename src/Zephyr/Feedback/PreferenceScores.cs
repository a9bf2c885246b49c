using System.Globalization;
using Zephyr.Rows;

namespace Zephyr.Feedback;

/// <summary>The scores by which a reply can be called the best of its row.</summary>
public static class PreferenceScores
{
    /// <summary>The overall score as stored.</summary>
    public static IReadOnlyList<double?> Overall(RatedPrompt row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return [.. row.Completions.Select(completion => (double?)completion.OverallScore)];
    }

    /// <summary>The overall score with the fault of the first release mended where that can be decided: see <see cref="Repair"/>.</summary>
    public static IReadOnlyList<double?> OverallRepaired(RatedPrompt row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return [.. row.Completions.Select(completion => (double?)Repair(completion.OverallScore, completion.FineGrainedScore))];
    }

    /// <summary>The mean of the rated aspects; null for a reply of which none was rated.</summary>
    public static IReadOnlyList<double?> AspectMean(RatedPrompt row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return [.. row.Completions.Select(AspectMean)];
    }

    /// <summary>What the first release stored for a judge's score: scores not above 1 were taken for fractions of ten, so a 1 became a 10.</summary>
    /// <remarks>Source: github.com/OpenBMB/UltraFeedback/issues/8; 2,628 replies are stored with 10.</remarks>
    public static double AsFirstReleased(double score) => score > 1 ? score : 10 * score;

    /// <summary>A stored 10 whose aspects average 2 or less was a 1. Between 2 and 4 the authors asked the judge again; here it stays.</summary>
    /// <param name="stored">The overall score as stored.</param>
    /// <param name="aspectMean">The mean of the aspects, null where unknown.</param>
    public static double Repair(double stored, double? aspectMean) => stored == 10 && aspectMean <= 2 ? 1 : stored;

    private static double? AspectMean(RatedCompletion completion)
    {
        double[] rated =
        [
            .. completion.Annotations.Where(aspect => aspect.Value.Rating != "N/A")
                .Select(aspect => double.TryParse(aspect.Value.Rating, NumberStyles.Float, CultureInfo.InvariantCulture, out var rating)
                    ? rating
                    : throw new InvalidDataException($"{completion.Model}: {aspect.Key} is rated \"{aspect.Value.Rating}\"; a rating is 1 to 5 or N/A.")),
        ];
        return rated.Length > 0 ? rated.Average() : null;
    }
}
