using System.Text;
using System.Text.Json;
using Zephyr.Rows;

namespace Zephyr.Feedback;

/// <summary>Which reply lost, given the winner.</summary>
public enum LoserRule
{
    /// <summary>Any other reply, drawn at random; it may have the same score. The released data.</summary>
    AnyOther,

    /// <summary>A reply with a strictly lower score, drawn at random; no such reply drops the row. The paper's text.</summary>
    AnyLower,

    /// <summary>The reply with the lowest score, the last one on a tie; equal scores drop the row.</summary>
    Lowest,
}

/// <summary>Where the draw of a loser starts.</summary>
public enum DrawSeeding
{
    /// <summary>A new generator in every row: each row draws 0, 0, 2, 1, 1, 1, ... so with four replies the loser is slot 0, or slot 2 where slot 0 won.</summary>
    EveryRow,

    /// <summary>One generator for the file, in row order.</summary>
    OncePerFile,
}

/// <summary>Turns rated rows into preference pairs: the highest score wins (the first on a tie), a rule names the loser.</summary>
/// <remarks>
/// The presets are the rules that the released data, its correction and the paper's text follow; they disagree in a third to two thirds of the rows.
/// Source: Zephyr paper, section 3 step 2 and section 4.1; the data set's two published scripts; github.com/argilla-io/notus.
/// </remarks>
public sealed record Binarizer
{
    /// <summary>The score of each reply; null leaves a reply out.</summary>
    public required Func<RatedPrompt, IReadOnlyList<double?>> Score { get; init; }

    /// <summary>Who loses.</summary>
    public required LoserRule Loser { get; init; }

    /// <summary>Where drawing starts; without meaning for <see cref="LoserRule.Lowest"/>.</summary>
    public DrawSeeding Seeding { get; init; } = DrawSeeding.OncePerFile;

    /// <summary>Seed of the draws; 42 in the published scripts.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Whether rows from TruthfulQA, a benchmark, are left out.</summary>
    public bool DropTruthfulQa { get; init; }

    /// <summary>The data that trained zephyr-7b-beta: stored overall score, faulty 10s included, and a generator started anew in every row.</summary>
    public static Binarizer ReleasedScript { get; } = new() { Score = PreferenceScores.Overall, Loser = LoserRule.AnyOther, Seeding = DrawSeeding.EveryRow };

    /// <summary>The released script on overall scores whose faulty 10s are mended where the aspects decide it.</summary>
    public static Binarizer ReleasedScriptRepaired { get; } = ReleasedScript with { Score = PreferenceScores.OverallRepaired };

    /// <summary>The corrected script of January 2024: one generator for the file, TruthfulQA left out; scores as stored in the file it is given.</summary>
    public static Binarizer CorrectedScript { get; } = ReleasedScript with { Seeding = DrawSeeding.OncePerFile, DropTruthfulQa = true };

    /// <summary>The paper's text: "highest mean score" wins, the loser is drawn from those that scored lower.</summary>
    public static Binarizer PaperText { get; } = new() { Score = PreferenceScores.AspectMean, Loser = LoserRule.AnyLower, DropTruthfulQa = true };

    /// <summary>Best against worst by mean aspect rating, the rule that the paper decided against: easier pairs, less variety.</summary>
    public static Binarizer BestAgainstWorst { get; } = new() { Score = PreferenceScores.AspectMean, Loser = LoserRule.Lowest };

    /// <summary>Which replies win and lose, row by row in file order.</summary>
    public IEnumerable<BinarizedRow> Apply(IEnumerable<RatedPrompt> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var file = new PythonRandom(Seed);
        foreach (var row in rows)
        {
            yield return Decide(row, Seeding == DrawSeeding.EveryRow ? new PythonRandom(Seed) : file);
        }
    }

    /// <summary>The pairs themselves, in the shape of ultrafeedback_binarized; dropped rows are left out.</summary>
    public IEnumerable<PreferencePair> Pairs(IReadOnlyList<RatedPrompt> rows) => rows.Zip(Apply(rows)).Where(pair => pair.Second.Dropped is null).Select(pair => pair.Second.ToPair(pair.First));

    private BinarizedRow Decide(RatedPrompt row, PythonRandom random)
    {
        if (DropTruthfulQa && row.Source == "truthful_qa")
        {
            return BinarizedRow.Drop("truthful_qa");
        }

        var scores = Score(row);
        int[] rated = [.. Enumerable.Range(0, scores.Count).Where(slot => scores[slot] is not null)];
        if (rated.Length < 2)
        {
            return BinarizedRow.Drop(Loser == LoserRule.AnyOther ? "fewer than two completions" : "fewer than two rated completions");
        }

        var winner = rated.MaxBy(slot => scores[slot]!.Value);
        var draws = new List<int>();
        var loser = Loser switch
        {
            LoserRule.AnyOther => DrawOther(row, winner, random, draws),
            LoserRule.AnyLower => DrawLower([.. rated.Where(slot => scores[slot] < scores[winner])], random, draws),
            _ => rated.Reverse().MinBy(slot => scores[slot]!.Value),
        };
        return loser is { } slot && (Loser == LoserRule.AnyOther || scores[slot] < scores[winner])
            ? new(winner, slot, scores[winner]!.Value, scores[slot] ?? double.NaN, draws, null)
            : BinarizedRow.Drop("all rated completions tie");
    }

    /// <summary>Draws slots until one holds another completion than the winner's, compared as a whole.</summary>
    /// <exception cref="InvalidDataException">All completions are the same: the published script would draw for ever.</exception>
    private static int? DrawOther(RatedPrompt row, int winner, PythonRandom random, List<int> draws)
    {
        string[] whole = [.. row.Completions.Select(Json)];
        if (whole.All(completion => completion == whole[winner]))
        {
            throw new InvalidDataException($"All {whole.Length} completions of \"{row.Instruction}\" are the same, so none can be another than the winner. Leave the row out.");
        }

        do
        {
            draws.Add(random.Next(whole.Length));
        }
        while (whole[draws[^1]] == whole[winner]);
        return draws[^1];
    }

    private static int? DrawLower(int[] lower, PythonRandom random, List<int> draws)
    {
        if (lower.Length == 0)
        {
            return null;
        }

        draws.Add(lower[random.Next(lower.Length)]);
        return draws[^1];
    }

    private static string Json(RatedCompletion completion)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            completion.WriteFields(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
