namespace Zephyr.Text;

/// <summary>Who speaks. In files: <c>system</c>, <c>user</c>, <c>assistant</c>.</summary>
public enum Role
{
    /// <summary>Instructions that hold for the whole dialogue; only as its first message.</summary>
    System,

    /// <summary>The person who asks.</summary>
    User,

    /// <summary>The model that answers; what training learns from.</summary>
    Assistant,
}

/// <summary>One turn of a dialogue: plain text without template marks.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">What is said, exactly as stored: not trimmed, nothing escaped.</param>
public sealed record ChatMessage(Role Role, string Content)
{
    /// <summary>The role's name in files and in the template: <c>system</c>, <c>user</c> or <c>assistant</c>.</summary>
    public string RoleName => NameOf(Role);

    /// <summary>A system message.</summary>
    public static ChatMessage System(string content) => new(Role.System, content);

    /// <summary>A user's message.</summary>
    public static ChatMessage User(string content) => new(Role.User, content);

    /// <summary>An assistant's message.</summary>
    public static ChatMessage Assistant(string content) => new(Role.Assistant, content);

    /// <summary>The name of <paramref name="role"/> in files.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not one of the three roles.</exception>
    public static string NameOf(Role role) => role switch
    {
        Role.System => "system",
        Role.User => "user",
        Role.Assistant => "assistant",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "A role is System, User or Assistant."),
    };
}
