using System.Text.Json;
using Zephyr.Text;

namespace Zephyr.Rows;

/// <summary>A dialogue as UltraChat publishes it: <c>{"id", "data": [user, assistant, user, ...]}</c>.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="Data">What is said, the user first and then in turn.</param>
/// <remarks>Source: Ding et al. 2023, github.com/thunlp/UltraChat.</remarks>
public sealed record RawDialogue(string Id, IReadOnlyList<string> Data) : IRow<RawDialogue>
{
    /// <summary>The same dialogue with the roles written out.</summary>
    public Dialogue ToDialogue() =>
        new(Id, [.. Data.Select((text, turn) => new ChatMessage(turn % 2 == 0 ? Role.User : Role.Assistant, text))]);

    /// <summary>The raw form of a dialogue without a system message.</summary>
    /// <exception cref="ArgumentException">The turns are not user, assistant, user ..., which the raw form cannot say.</exception>
    public static RawDialogue From(Dialogue dialogue)
    {
        ArgumentNullException.ThrowIfNull(dialogue);
        var raw = new RawDialogue(dialogue.Id, [.. dialogue.Messages.Select(message => message.Content)]);
        var turn = raw.ToDialogue().Messages.Zip(dialogue.Messages).TakeWhile(pair => pair.First.Role == pair.Second.Role).Count();
        return turn == dialogue.Messages.Count
            ? raw
            : throw new ArgumentException($"Dialogue {dialogue.Id}: message {turn} has role '{dialogue.Messages[turn].RoleName}'; "
                + "the raw form knows only user and assistant in turn. Write it as Dialogue instead.", nameof(dialogue));
    }

    /// <inheritdoc/>
    public static RawDialogue Parse(JsonRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new(row.Text("id"), row.Texts("data"));
    }

    /// <inheritdoc/>
    public void WriteFields(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString("id", Id);
        JsonRow.WriteTexts(json, "data", Data);
    }

    /// <inheritdoc/>
    public (string Field, string Value)? Key => ("id", Id);

    /// <inheritdoc/>
    public IEnumerable<RowFault> Faults() => ToDialogue().Faults();
}
