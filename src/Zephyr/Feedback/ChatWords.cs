using Microsoft.Extensions.AI;
using Role = Zephyr.Text.Role;

namespace Zephyr.Feedback;

/// <summary>The same turns in this kit's words and in those of Microsoft.Extensions.AI.</summary>
public static class ChatWords
{
    /// <summary>Turns for an <see cref="IChatClient"/>.</summary>
    public static IEnumerable<ChatMessage> From(IEnumerable<Zephyr.Text.ChatMessage> messages) => messages.Select(message => new ChatMessage(
        message.Role switch
        {
            Role.System => ChatRole.System,
            Role.User => ChatRole.User,
            _ => ChatRole.Assistant,
        },
        message.Content));

    /// <summary>Turns from an <see cref="IChatClient"/>'s caller.</summary>
    /// <exception cref="ArgumentException">A role that a dialogue does not have (tool).</exception>
    public static IReadOnlyList<Zephyr.Text.ChatMessage> To(IEnumerable<ChatMessage> messages) => [.. messages.Select(message => new Zephyr.Text.ChatMessage(RoleOf(message.Role), message.Text))];

    private static Role RoleOf(ChatRole role)
    {
        if (role == ChatRole.System)
        {
            return Role.System;
        }

        if (role == ChatRole.User)
        {
            return Role.User;
        }

        return role == ChatRole.Assistant ? Role.Assistant : throw new ArgumentException($"A dialogue has no role '{role}': system, user, assistant.", nameof(role));
    }
}
