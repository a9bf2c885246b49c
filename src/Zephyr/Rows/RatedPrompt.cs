using System.Text.Json;

namespace Zephyr.Rows;

/// <summary>A prompt with several models' replies, each rated by a judge: a record of UltraFeedback.</summary>
/// <param name="Source">The data set that the prompt comes from (<c>evol_instruct</c>, <c>truthful_qa</c> ...).</param>
/// <param name="Instruction">The prompt, plain text.</param>
/// <param name="Models">Who was asked; in UltraFeedback four of seventeen models.</param>
/// <param name="CorrectAnswers">Known right answers (TruthfulQA); else empty or one "None".</param>
/// <param name="IncorrectAnswers">Known wrong answers (TruthfulQA); else empty or one "None".</param>
/// <param name="Completions">The replies, in the order of <paramref name="Models"/>.</param>
/// <remarks>Source: Cui et al. 2023 (UltraFeedback); the Zephyr paper, section 3, step 2.</remarks>
public sealed record RatedPrompt(
    string Source,
    string Instruction,
    IReadOnlyList<string> Models,
    IReadOnlyList<string> CorrectAnswers,
    IReadOnlyList<string> IncorrectAnswers,
    IReadOnlyList<RatedCompletion> Completions) : IRow<RatedPrompt>
{
    /// <inheritdoc/>
    public static RatedPrompt Parse(JsonRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new(
            row.Text("source"),
            row.Text("instruction"),
            row.Texts("models"),
            row.OptionalTexts("correct_answers") ?? [],
            row.OptionalTexts("incorrect_answers") ?? [],
            [.. row.Objects("completions", "completion").Select(RatedCompletion.Parse)]);
    }

    /// <inheritdoc/>
    public void WriteFields(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString("source", Source);
        json.WriteString("instruction", Instruction);
        JsonRow.WriteTexts(json, "models", Models);
        JsonRow.WriteTexts(json, "correct_answers", CorrectAnswers);
        JsonRow.WriteTexts(json, "incorrect_answers", IncorrectAnswers);
        json.WriteStartArray("completions");
        foreach (var completion in Completions)
        {
            json.WriteStartObject();
            completion.WriteFields(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <inheritdoc/>
    public IEnumerable<RowFault> Faults()
    {
        if (string.IsNullOrWhiteSpace(Instruction))
        {
            yield return new("instruction is empty");
        }

        if (Completions.Count < 2)
        {
            yield return new($"{Completions.Count} completions: a comparison needs at least 2", Fatal: false);
        }

        if (!Models.SequenceEqual(Completions.Select(completion => completion.Model)))
        {
            yield return new($"models ({string.Join(", ", Models)}) are not those of the completions ({string.Join(", ", Completions.Select(completion => completion.Model))})", Fatal: false);
        }
    }
}
