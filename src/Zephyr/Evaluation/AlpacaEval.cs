using System.Text.Json;
using System.Text.Json.Serialization;
using Zephyr.Feedback;

namespace Zephyr.Evaluation;

/// <summary>One judged comparison, a row of a published AlpacaEval annotation file.</summary>
/// <param name="Instruction">What both models were asked.</param>
/// <param name="Baseline">The baseline's reply (<c>output_1</c>).</param>
/// <param name="Reply">The model's reply (<c>output_2</c>).</param>
/// <param name="DataSet">Which of the five sources the instruction comes from; null where the file does not say.</param>
/// <param name="Preference">1 baseline, 2 model, between them a weighted judge's fraction, 0 or 1.5 a draw; null where the judge gave no answer.</param>
public sealed record AlpacaAnnotation(
    [property: JsonPropertyName("instruction")] string Instruction,
    [property: JsonPropertyName("output_1")] string Baseline,
    [property: JsonPropertyName("output_2")] string Reply,
    [property: JsonPropertyName("dataset")] string? DataSet,
    [property: JsonPropertyName("preference")] double? Preference);

/// <summary>The figures of an AlpacaEval leaderboard row.</summary>
/// <param name="WinRate">100 x mean of (preference - 1) over the rows kept.</param>
/// <param name="StandardError">100 x sample standard deviation / sqrt(n); null for one row.</param>
/// <param name="Wins">Rows above one half.</param>
/// <param name="BaselineWins">Rows below one half.</param>
/// <param name="Draws">Rows marked 0 or 1.5, counted before anything is dropped.</param>
/// <param name="Total">Rows kept.</param>
/// <param name="DiscreteWinRate">The win rate after rounding every fraction to a win or a loss.</param>
/// <param name="MeanLength">Mean length of the model's replies in code points, over all rows. Leaderboards print it cut to an integer.</param>
public sealed record AlpacaSummary(
    double WinRate,
    double? StandardError,
    int Wins,
    int BaselineWins,
    int Draws,
    int Total,
    double DiscreteWinRate,
    double MeanLength);

/// <summary>AlpacaEval's aggregate as a function of an annotation file: published files give the published figures.</summary>
/// <remarks>Source: alpaca_eval 0.6.6, <c>get_winrate</c>. The released annotations of zephyr-7b-beta give 90.5978 ± 1.0287, the paper's 90.60 (1.03).</remarks>
public static class AlpacaEval
{
    /// <summary>Reads an annotation file: one JSON array of rows.</summary>
    /// <exception cref="InvalidDataException">The file is not such an array.</exception>
    public static IReadOnlyList<AlpacaAnnotation> Read(string path)
    {
        using var file = File.OpenRead(path);
        try
        {
            return JsonSerializer.Deserialize<AlpacaAnnotation[]>(file) is { } rows && rows.All(row => row?.Reply is not null)
                ? rows
                : throw new InvalidDataException($"{path}: a row without output_2. An annotation file is a JSON array of rows with instruction, output_1, output_2, preference.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path}:{fault.LineNumber + 1}: not an array of AlpacaEval annotations. {fault.Message}", fault);
        }
    }

    /// <summary>The figures of a set of annotations; filter by <see cref="AlpacaAnnotation.DataSet"/> first for one source alone.</summary>
    /// <exception cref="ArgumentException">No row has a preference between 1 and 2.</exception>
    public static AlpacaSummary Aggregate(IReadOnlyCollection<AlpacaAnnotation> annotations)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        double?[] preferences = [.. annotations.Select(row => row.Preference == 0 ? 1.5 : row.Preference)];
        double[] kept = [.. preferences.OfType<double>().Where(preference => preference is >= 1 and <= 2).Select(preference => preference - 1)];
        if (kept.Length == 0)
        {
            throw new ArgumentException($"None of {annotations.Count} annotations has a preference between 1 and 2.", nameof(annotations));
        }

        var rate = Evaluation.WinRate.Of(kept);
        return new(
            rate.Percent,
            rate.StandardError,
            rate.Wins,
            rate.Losses,
            preferences.Count(preference => preference == 1.5),
            kept.Length,
            100 * Statistics.Mean(Discrete(preferences)),
            annotations.Average(row => (double)row.Reply.EnumerateRunes().Count()));
    }

    /// <summary>Whether the judge is shown the two replies exchanged: a coin that depends on the instruction alone, so that reruns agree.</summary>
    /// <param name="instruction">The instruction of the row.</param>
    /// <param name="seed">The package's seed; published runs use 0.</param>
    /// <returns>True where the model's reply stands first; the verdict p then means 3 - p.</returns>
    public static bool IsShownExchanged(string instruction, int seed = 0) =>
        PythonRandom.FromText($"is_switched_outputs{instruction}{seed}").NextDouble() >= 0.5;

    /// <summary>
    /// 1.5 is a draw; everything else is rounded half to even to 0, 1 or 2, and only then are values outside dropped.
    /// So 0.5 becomes a draw and 2.5 a win, though the plain rate drops both: kept as published.
    /// </summary>
    private static double[] Discrete(IEnumerable<double?> preferences) =>
    [
        .. preferences.OfType<double>()
            .Select(preference => preference == 1.5 ? 0 : Math.Round(preference, MidpointRounding.ToEven))
            .Select(preference => preference == 0 ? 1.5 : preference)
            .Where(preference => preference is >= 1 and <= 2)
            .Select(preference => preference - 1),
    ];
}
