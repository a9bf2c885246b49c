using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Display;

/// <summary>One value in several forms, by MIME type; a front end shows the richest that it knows.</summary>
internal sealed class MimeBundle
{
    private readonly JsonObject _data = [];

    /// <summary>The forms, in the order in which they were added.</summary>
    public IEnumerable<string> MimeTypes => _data.Select(entry => entry.Key);

    /// <summary>Adds a form, or replaces it. JSON types must be valid JSON and are embedded, all others are text.</summary>
    /// <exception cref="System.Text.Json.JsonException"><paramref name="content"/> is not JSON although its type says so.</exception>
    public MimeBundle Add(string mimeType, string content)
    {
        _data[mimeType] = IsJson(mimeType) ? JsonNode.Parse(content) : JsonValue.Create(content);
        return this;
    }

    /// <summary>The text of one form, or null where the bundle lacks it.</summary>
    public string? Text(string mimeType) =>
        _data[mimeType] is { } node ? (IsJson(mimeType) ? node.ToJsonString() : node.GetValue<string>()) : null;

    /// <summary>A copy as the protocol and the notebook format want it.</summary>
    public JsonObject ToJson() => (JsonObject)_data.DeepClone();

    /// <summary>Whether content of this type is embedded as JSON rather than as a string.</summary>
    public static bool IsJson(string mimeType) =>
        mimeType == "application/json" || mimeType.EndsWith("+json", StringComparison.Ordinal);
}
