using System.Globalization;
using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Wire;

/// <summary>A message of the Jupyter protocol.</summary>
/// <param name="Identities">Whom it comes from or goes to; on iopub the topic.</param>
/// <param name="Header">Who speaks, when, and what kind of message it is.</param>
/// <param name="Parent">The header of the message that this one follows from; empty for none.</param>
/// <param name="Content">What it says.</param>
internal sealed record Message(IReadOnlyList<byte[]> Identities, JsonObject Header, JsonObject Parent, JsonObject Content)
{
    /// <summary>The version of the protocol that this kernel speaks.</summary>
    public const string ProtocolVersion = "5.4";

    /// <summary>Names this run of the kernel in all that it sends.</summary>
    public static string Session { get; } = Guid.NewGuid().ToString("N");

    /// <summary>For example <c>execute_request</c>.</summary>
    public string Type => Header["msg_type"]?.GetValue<string>() ?? "";

    /// <summary>A new message of this kernel.</summary>
    public static Message Create(string type, JsonObject content, Message? parent, IReadOnlyList<byte[]> identities) =>
        new(identities, NewHeader(type), (JsonObject?)parent?.Header.DeepClone() ?? [], content);

    private static JsonObject NewHeader(string type) => new()
    {
        ["msg_id"] = Guid.NewGuid().ToString("N"),
        ["msg_type"] = type,
        ["session"] = Session,
        ["username"] = "kernel",
        ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        ["version"] = ProtocolVersion,
    };
}
