using System.Text.Json;

namespace Zephyr.Kernel.Display;

/// <summary>Content that says itself what it is.</summary>
/// <param name="MimeType">For example <c>text/html</c>.</param>
/// <param name="Content">The text; of a JSON type, the JSON.</param>
public sealed record MimeContent(string MimeType, string Content)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>A value as JSON; a string is taken to be JSON already.</summary>
    public static MimeContent Json(object? value) =>
        new("application/json", value as string ?? JsonSerializer.Serialize(value, Indented));

    /// <inheritdoc/>
    public override string ToString() => Content;
}
