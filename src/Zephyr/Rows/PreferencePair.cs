using System.Globalization;
using System.Text.Json;
using Zephyr.Text;

namespace Zephyr.Rows;

/// <summary>One prompt with a preferred and a rejected reply: a row of ultrafeedback_binarized.</summary>
/// <param name="Prompt">The user's (first) message, plain text.</param>
/// <param name="PromptId">Lower-case hexadecimal SHA-256 of the prompt (<see cref="Dialogue.PromptId"/>).</param>
/// <param name="Chosen">The whole dialogue that ends in the preferred reply.</param>
/// <param name="Rejected">The same dialogue, ending in the other reply.</param>
/// <param name="ScoreChosen">The judge's score of the preferred reply, 1 to 10.</param>
/// <param name="ScoreRejected">The judge's score of the other reply, 1 to 10.</param>
/// <remarks>The file's column <c>messages</c> repeats <c>chosen</c>. Source: Zephyr paper, section 4.1.</remarks>
public sealed record PreferencePair(
    string Prompt,
    string PromptId,
    IReadOnlyList<ChatMessage> Chosen,
    IReadOnlyList<ChatMessage> Rejected,
    double ScoreChosen,
    double ScoreRejected) : IRow<PreferencePair>
{
    /// <summary>All turns before the reply; the same for both sides.</summary>
    public IReadOnlyList<ChatMessage> PromptMessages => [.. Chosen.SkipLast(1)];

    /// <summary>The preferred reply.</summary>
    public string ChosenReply => Chosen[^1].Content;

    /// <summary>The other reply.</summary>
    public string RejectedReply => Rejected[^1].Content;

    /// <summary>How much better the judge found the chosen reply, in score points.</summary>
    public double Margin => ScoreChosen - ScoreRejected;

    /// <summary>A pair of replies to a prompt, in the published shape.</summary>
    /// <param name="prompt">All turns before the reply, the last one the user's.</param>
    /// <param name="chosen">The preferred reply.</param>
    /// <param name="rejected">The other reply.</param>
    /// <param name="scoreChosen">The judge's score of the preferred reply.</param>
    /// <param name="scoreRejected">The judge's score of the other reply.</param>
    public static PreferencePair Of(IReadOnlyList<ChatMessage> prompt, string chosen, string rejected, double scoreChosen, double scoreRejected)
    {
        var text = new Dialogue("", prompt).Prompt;
        return new(text, Dialogue.PromptId(text), [.. prompt, ChatMessage.Assistant(chosen)], [.. prompt, ChatMessage.Assistant(rejected)], scoreChosen, scoreRejected);
    }

    /// <inheritdoc/>
    public static PreferencePair Parse(JsonRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var pair = new PreferencePair(
            row.Text("prompt"),
            row.Text("prompt_id"),
            row.Messages("chosen"),
            row.Messages("rejected"),
            row.Number("score_chosen"),
            row.Number("score_rejected"));
        return Turns.Same(row.Messages("messages"), pair.Chosen) ? pair : pair with { StoredMessages = row.Messages("messages") };
    }

    /// <inheritdoc/>
    public void WriteFields(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString("prompt", Prompt);
        json.WriteString("prompt_id", PromptId);
        JsonRow.WriteMessages(json, "chosen", Chosen);
        JsonRow.WriteMessages(json, "rejected", Rejected);
        JsonRow.WriteMessages(json, "messages", StoredMessages ?? Chosen);
        json.WriteNumber("score_chosen", ScoreChosen);
        json.WriteNumber("score_rejected", ScoreRejected);
    }

    /// <inheritdoc/>
    public (string Field, string Value)? Key => ("prompt_id", PromptId);

    /// <inheritdoc/>
    public IEnumerable<RowFault> Faults() =>
    [
        .. SameFaults(),
        .. SideFaults("chosen", Chosen),
        .. SideFaults("rejected", Rejected),
        .. ColumnFaults(),
    ];

    /// <summary>The stored column <c>messages</c>, where it is not <c>chosen</c>.</summary>
    private IReadOnlyList<ChatMessage>? StoredMessages { get; init; }

    private static IEnumerable<RowFault> SideFaults(string side, IReadOnlyList<ChatMessage> messages)
    {
        foreach (var fault in Turns.Faults(messages))
        {
            yield return fault with { Text = $"{side}: {fault.Text}" };
        }

        if (messages is [.., { Role: not Role.Assistant }])
        {
            yield return new($"{side} ends on a {messages[^1].RoleName} message");
        }
    }

    private IEnumerable<RowFault> SameFaults()
    {
        if (Turns.Same(Chosen, Rejected))
        {
            yield return new("chosen and rejected are the same text");
        }
        else if (!Turns.Same(BeforeReply(Chosen), BeforeReply(Rejected)))
        {
            yield return new("chosen and rejected do not share their prompt");
        }
    }

    private IEnumerable<RowFault> ColumnFaults()
    {
        if (new Dialogue("", Chosen).Prompt != Prompt)
        {
            yield return new("prompt differs from the first user message");
        }

        if (StoredMessages is not null)
        {
            yield return new("messages differs from chosen");
        }

        if (ScoreChosen < ScoreRejected)
        {
            yield return new(string.Create(CultureInfo.InvariantCulture, $"score_chosen {ScoreChosen} is below score_rejected {ScoreRejected}"), Fatal: false);
        }
    }

    /// <summary>The turns before the reply; all of them where there is no reply.</summary>
    private static IEnumerable<ChatMessage> BeforeReply(IReadOnlyList<ChatMessage> messages) =>
        messages is [.., { Role: Role.Assistant }] ? messages.SkipLast(1) : messages;
}
