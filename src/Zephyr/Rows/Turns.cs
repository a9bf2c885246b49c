using Zephyr.Text;

namespace Zephyr.Rows;

/// <summary>What can be wrong with a list of turns.</summary>
internal static class Turns
{
    /// <summary>Empty messages and every break of: one system message at most, at the start, then user and assistant in turn.</summary>
    public static IEnumerable<RowFault> Faults(IReadOnlyList<ChatMessage> messages)
    {
        if (messages.Count == 0)
        {
            yield return new("no messages");
        }

        for (var index = 0; index < messages.Count; index++)
        {
            if (OrderFault(messages, index) is { } order)
            {
                yield return new(order);
            }

            // An empty system message is the handbook's own filler for "no system message".
            var (role, content) = messages[index];
            if (string.IsNullOrWhiteSpace(content) && !(role == Role.System && content.Length == 0))
            {
                yield return new($"message {(content.Length == 0 ? "is empty" : "holds only white space")} (message {index}, {ChatMessage.NameOf(role)})", Fatal: role != Role.System);
            }
        }
    }

    /// <summary>Whether two lists hold the same turns.</summary>
    public static bool Same(IEnumerable<ChatMessage> one, IEnumerable<ChatMessage> other) => one.SequenceEqual(other);

    private static string? OrderFault(IReadOnlyList<ChatMessage> messages, int index)
    {
        var role = messages[index].Role;
        if (index == 0)
        {
            return role == Role.Assistant ? "message 0 has role 'assistant', expected 'user' or 'system'" : null;
        }

        if (role == Role.System)
        {
            return $"message {index} has role 'system', allowed only as message 0";
        }

        var expected = messages[index - 1].Role == Role.User ? Role.Assistant : Role.User;
        return role == expected ? null : $"message {index} has role '{ChatMessage.NameOf(role)}', expected '{ChatMessage.NameOf(expected)}'";
    }
}
