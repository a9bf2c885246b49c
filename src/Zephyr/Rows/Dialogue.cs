using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Zephyr.Text;

namespace Zephyr.Rows;

/// <summary>A dialogue: a row of ultrachat_200k, <c>{"prompt", "prompt_id", "messages": [{"content", "role"}]}</c>. Reads UltraChat's raw shape too.</summary>
/// <param name="Id">What identifies the row: <c>prompt_id</c>, or <c>id</c> of a raw row.</param>
/// <param name="Messages">The turns: an optional system message, then user and assistant in turn.</param>
/// <remarks>Source: Ding et al. 2023 (UltraChat); the cleaned subset of the Zephyr paper, section 4.1.</remarks>
public sealed record Dialogue(string Id, IReadOnlyList<ChatMessage> Messages) : IRow<Dialogue>
{
    /// <summary>The first user message; empty where there is none.</summary>
    public string Prompt => PromptOf(Messages) ?? "";

    /// <summary>The published id of a prompt: lower-case hexadecimal SHA-256 of its UTF-8 bytes.</summary>
    public static string PromptId(string prompt) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prompt)));

    /// <summary>A dialogue under the published id of its prompt.</summary>
    public static Dialogue Of(params IReadOnlyList<ChatMessage> messages) => new(PromptId(PromptOf(messages) ?? ""), messages);

    /// <inheritdoc/>
    public static Dialogue Parse(JsonRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Has("data") && !row.Has("messages"))
        {
            return RawDialogue.Parse(row).ToDialogue();
        }

        var dialogue = new Dialogue(row.Text("prompt_id"), row.Messages("messages"));
        return row.Text("prompt") == dialogue.Prompt ? dialogue : dialogue with { StoredPrompt = row.Text("prompt") };
    }

    /// <inheritdoc/>
    public void WriteFields(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString("prompt", StoredPrompt ?? Prompt);
        json.WriteString("prompt_id", Id);
        JsonRow.WriteMessages(json, "messages", Messages);
    }

    /// <inheritdoc/>
    public (string Field, string Value)? Key => ("prompt_id", Id);

    /// <inheritdoc/>
    public IEnumerable<RowFault> Faults()
    {
        foreach (var fault in Turns.Faults(Messages))
        {
            yield return fault;
        }

        if (StoredPrompt is not null)
        {
            yield return new("prompt differs from the first user message");
        }

        if (Messages is [.., { Role: not Role.Assistant }])
        {
            // Normal in the *_gen splits, so the row stands; nothing can be learned from that turn.
            yield return new($"dialogue ends on a {Messages[^1].RoleName} message: nothing to learn from its last turn", Fatal: false);
        }
    }

    /// <summary>The stored prompt, where it is not the first user message.</summary>
    private string? StoredPrompt { get; init; }

    private static string? PromptOf(IReadOnlyList<ChatMessage> messages) => messages.FirstOrDefault(message => message.Role == Role.User)?.Content;
}
