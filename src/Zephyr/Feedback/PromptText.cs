using Zephyr.Text;

namespace Zephyr.Feedback;

/// <summary>
/// The prompt as the one text that a rated row has room for: a single user message as it is, several turns each on a line of its own
/// behind "User: " or "Assistant: ". The system message is not part of it (rows keep it as <c>custom_system_prompt</c>).
/// </summary>
public static class PromptText
{
    private const string UserMark = "User: ";
    private const string AssistantMark = "Assistant: ";

    /// <summary>The text of a prompt.</summary>
    /// <exception cref="ArgumentException">No user message, or a turn that would be read back as two.</exception>
    public static string Of(IReadOnlyList<ChatMessage> messages)
    {
        ChatMessage[] turns = [.. messages.Where(message => message.Role != Role.System)];
        if (turns is not [.., { Role: Role.User }])
        {
            throw new ArgumentException("A prompt ends on a user message.", nameof(messages));
        }

        if (turns.Length == 1)
        {
            return turns[0].Content;
        }

        return turns.FirstOrDefault(turn => turn.Content.Contains('\n', StringComparison.Ordinal)) is { } broken
            ? throw new ArgumentException($"A turn of several lines cannot be part of a rated prompt of several turns: \"{broken.Content}\".", nameof(messages))
            : string.Join('\n', turns.Select(turn => (turn.Role == Role.User ? UserMark : AssistantMark) + turn.Content));
    }

    /// <summary>The turns of a prompt; <paramref name="system"/> becomes the first.</summary>
    public static IReadOnlyList<ChatMessage> Messages(string text, string system)
    {
        var lines = text.Split('\n');
        var many = lines.Length > 1 && lines.Select((line, turn) => line.StartsWith(turn % 2 == 0 ? UserMark : AssistantMark, StringComparison.Ordinal)).All(marked => marked);
        var turns = many
            ? lines.Select((line, turn) => turn % 2 == 0 ? ChatMessage.User(line[UserMark.Length..]) : ChatMessage.Assistant(line[AssistantMark.Length..]))
            : [ChatMessage.User(text)];
        return [ChatMessage.System(system), .. turns];
    }
}
