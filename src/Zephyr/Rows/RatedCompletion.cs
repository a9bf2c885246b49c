using System.Text.Json;

namespace Zephyr.Rows;

/// <summary>One reply and what the judge said about it.</summary>
/// <param name="Model">Who wrote it.</param>
/// <param name="Principle">What the writer was told to care for (<c>helpfulness</c>, <c>honesty</c> ...).</param>
/// <param name="CustomSystemPrompt">The system prompt drawn for that principle.</param>
/// <param name="Response">The reply, plain text.</param>
/// <param name="Annotations">The judge's rating by aspect: <c>helpfulness</c>, <c>honesty</c>, <c>instruction_following</c>, <c>truthfulness</c>; in file order.</param>
/// <param name="Critique">The judge's feedback in prose.</param>
/// <param name="OverallScore">1 to 10; in the first release 1.0 was stored as 10 in 2,628 places.</param>
/// <param name="FineGrainedScore">The mean of the aspects' ratings, 1 to 5, as stored; null where there is none (no aspect rated).</param>
public sealed record RatedCompletion(
    string Model,
    string Principle,
    string CustomSystemPrompt,
    string Response,
    IReadOnlyDictionary<string, AspectRating> Annotations,
    string Critique,
    double OverallScore,
    double? FineGrainedScore)
{
    /// <summary>Reads one entry of <c>completions</c>.</summary>
    public static RatedCompletion Parse(JsonRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new(
            row.Text("model"),
            row.Text("principle"),
            row.Text("custom_system_prompt"),
            row.Text("response"),
            new OrderedDictionary<string, AspectRating>(row.Inner("annotations").Fields().Select(field => KeyValuePair.Create(field.Name, AspectRating.Parse(field.Value)))),
            row.Text("critique"),
            row.Number("overall_score"),
            row.OptionalNumber("fine-grained_score"));
    }

    /// <summary>Writes the fields of the entry.</summary>
    public void WriteFields(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString("model", Model);
        json.WriteString("principle", Principle);
        json.WriteString("custom_system_prompt", CustomSystemPrompt);
        json.WriteString("response", Response);
        json.WriteStartObject("annotations");
        foreach (var (aspect, rating) in Annotations)
        {
            json.WriteStartObject(aspect);
            rating.WriteFields(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteString("critique", Critique);
        json.WriteNumber("overall_score", OverallScore);
        if (FineGrainedScore is { } mean)
        {
            json.WriteNumber("fine-grained_score", mean);
        }
        else
        {
            json.WriteNull("fine-grained_score");
        }
    }
}

/// <summary>A judge's rating of one aspect.</summary>
/// <param name="Rating">"1" to "5", or "N/A"; a text, as the judge wrote it.</param>
/// <param name="Rationale">Why; for aspects with types, why these types.</param>
/// <param name="Types">Kinds of help or of hallucination ("1" to "3"); null for aspects that have none.</param>
/// <param name="RatingRationale">Why this rating, for aspects with types (<c>Rationale For Rating</c>).</param>
public sealed record AspectRating(string Rating, string Rationale, IReadOnlyList<string>? Types = null, string? RatingRationale = null)
{
    /// <summary>Reads one entry of <c>annotations</c>.</summary>
    public static AspectRating Parse(JsonRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new(row.Text(nameof(Rating)), row.Text(nameof(Rationale)), row.OptionalTexts("Type"), row.OptionalText("Rationale For Rating"));
    }

    /// <summary>Writes the fields of the entry, in the published order.</summary>
    public void WriteFields(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (Types is not null)
        {
            JsonRow.WriteTexts(json, "Type", Types);
            json.WriteString(nameof(Rationale), Rationale);
            json.WriteString(nameof(Rating), Rating);
            json.WriteString("Rationale For Rating", RatingRationale ?? "");
            return;
        }

        json.WriteString(nameof(Rating), Rating);
        json.WriteString(nameof(Rationale), Rationale);
    }
}
