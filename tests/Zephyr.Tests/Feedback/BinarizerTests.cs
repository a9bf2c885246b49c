using System.Text.Json;
using Zephyr.Feedback;
using Zephyr.Rows;

namespace Zephyr.Tests.Feedback;

[Trait("Golden", "yes")]
public class BinarizerTests
{
    private static readonly RatedPrompt[] Records =
        [.. GoldenFiles.Lines("eval", "ultrafeedback", "records.jsonl").Select((line, index) => RatedPrompt.Parse(new JsonRow(line, "records.jsonl", index + 1)))];

    private static readonly JsonElement[] Outcomes = [.. GoldenFiles.Lines("eval", "ultrafeedback", "outcomes.jsonl")];

    [Theory]
    [InlineData("v1_stored")]
    [InlineData("v1_intended")]
    [InlineData("v1_repaired")]
    [InlineData("v2_stored")]
    [InlineData("mean_random_lower")]
    [InlineData("mean_worst")]
    public void Every_row_has_the_winner_loser_scores_and_draws_of_the_rule(string rule)
    {
        var records = rule == "v1_intended" ? Records.Select(WithIntendedScores) : Records;
        var ours = RuleOf(rule).Apply(records).ToArray();

        Assert.Equal(Outcomes.Length, ours.Length);
        for (var row = 0; row < ours.Length; row++)
        {
            AssertRow(Outcomes[row].GetProperty(rule), ours[row], row);
        }
    }

    [Fact]
    public void Scores_equal_the_means_and_repairs_of_the_reference()
    {
        for (var row = 0; row < Records.Length; row++)
        {
            Assert.Equal(Numbers(Outcomes[row], "aspect_means"), PreferenceScores.AspectMean(Records[row]));
            Assert.Equal(Numbers(Outcomes[row], "repaired_overall"), PreferenceScores.OverallRepaired(Records[row]));
            Assert.Equal(Numbers(Outcomes[row], "stored_overall"), Numbers(Outcomes[row], "intended_overall").Select(score => (double?)PreferenceScores.AsFirstReleased(score!.Value)));
        }
    }

    [Fact]
    public void The_released_script_never_rejects_slots_1_and_3()
    {
        var losers = Binarizer.ReleasedScript.Apply(Records.Where(record => record.Completions.Count == 4)).Where(row => row.Dropped is null).Select(row => row.Rejected).ToHashSet();
        Assert.Equal([0, 2], losers.Order());
    }

    [Fact]
    public void Pairs_carry_prompt_replies_and_scores_in_the_published_shape()
    {
        var (record, outcome) = Records.Zip(Binarizer.BestAgainstWorst.Apply(Records)).First(pair => pair.Second.Dropped is null);

        var pair = Binarizer.BestAgainstWorst.Pairs(Records).First();

        Assert.Equal(record.Instruction, pair.Prompt);
        Assert.Equal(record.Completions[outcome.Chosen].Response, pair.ChosenReply);
        Assert.Equal(record.Completions[outcome.Rejected].Response, pair.RejectedReply);
        Assert.Equal(outcome.ScoreChosen - outcome.ScoreRejected, pair.Margin);
    }

    [Fact]
    public void Equal_completions_are_refused_instead_of_drawn_for_ever()
    {
        var full = Records.First(record => record.Completions.Count == 4);
        var same = full with { Completions = [.. Enumerable.Repeat(full.Completions[0], 4)] };
        Assert.Throws<InvalidDataException>(() => Binarizer.ReleasedScript.Apply([same]).ToArray());
    }

    private static Binarizer RuleOf(string name) => name switch
    {
        "v1_stored" or "v1_intended" => Binarizer.ReleasedScript,
        "v1_repaired" => Binarizer.ReleasedScriptRepaired,
        "v2_stored" => Binarizer.CorrectedScript,
        "mean_random_lower" => Binarizer.PaperText,
        _ => Binarizer.BestAgainstWorst,
    };

    private static RatedPrompt WithIntendedScores(RatedPrompt record, int row)
    {
        var intended = Numbers(Outcomes[row], "intended_overall");
        return record with { Completions = [.. record.Completions.Select((completion, slot) => completion with { OverallScore = intended[slot]!.Value })] };
    }

    private static double?[] Numbers(JsonElement outcome, string field) =>
        [.. outcome.GetProperty(field).EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Null ? null : (double?)value.GetDouble())];

    private static void AssertRow(JsonElement expected, BinarizedRow ours, int row)
    {
        if (expected.TryGetProperty("dropped", out var reason))
        {
            Assert.Equal((row, reason.GetString()), (row, ours.Dropped));
            return;
        }

        Assert.Equal((row, null, expected.GetProperty("chosen").GetInt32(), expected.GetProperty("rejected").GetInt32()), (row, ours.Dropped, ours.Chosen, ours.Rejected));
        Assert.Equal(expected.GetProperty("score_chosen").GetDouble(), ours.ScoreChosen);
        Assert.Equal(expected.GetProperty("score_rejected").GetDouble(), ours.ScoreRejected);
        if (expected.TryGetProperty("draws", out var draws))
        {
            Assert.Equal(draws.EnumerateArray().Select(slot => slot.GetInt32()), ours.Draws);
            Assert.Equal(expected.GetProperty("tie").GetBoolean(), ours.IsTie);
        }
    }
}
