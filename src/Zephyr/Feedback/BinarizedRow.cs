using Zephyr.Rows;

namespace Zephyr.Feedback;

/// <summary>What a <see cref="Binarizer"/> made of one rated row.</summary>
/// <param name="Chosen">Slot of the winner, from 0; -1 where the row is dropped.</param>
/// <param name="Rejected">Slot of the loser, from 0; -1 where the row is dropped.</param>
/// <param name="ScoreChosen">The winner's score.</param>
/// <param name="ScoreRejected">The loser's score; NaN where the loser was never rated.</param>
/// <param name="Draws">The slots drawn until a loser was found.</param>
/// <param name="Dropped">Why there is no pair; null where there is one.</param>
public sealed record BinarizedRow(int Chosen, int Rejected, double ScoreChosen, double ScoreRejected, IReadOnlyList<int> Draws, string? Dropped)
{
    /// <summary>Whether the loser scored as high as the winner.</summary>
    public bool IsTie => Dropped is null && ScoreChosen == ScoreRejected;

    /// <summary>A row without a pair.</summary>
    public static BinarizedRow Drop(string reason) => new(-1, -1, double.NaN, double.NaN, [], reason);

    /// <summary>The pair in the shape of ultrafeedback_binarized.</summary>
    /// <param name="row">The row that this was made from.</param>
    /// <exception cref="InvalidOperationException">The row was dropped.</exception>
    public PreferencePair ToPair(RatedPrompt row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (Dropped is not null)
        {
            throw new InvalidOperationException($"\"{row.Instruction}\" gave no pair: {Dropped}.");
        }

        var (chosen, rejected) = (row.Completions[Chosen], row.Completions[Rejected]);
        return PreferencePair.Of(PromptText.Messages(row.Instruction, chosen.CustomSystemPrompt), chosen.Response, rejected.Response, ScoreChosen, ScoreRejected);
    }
}
