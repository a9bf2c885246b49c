using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Zephyr.Text;

namespace Zephyr.Rows;

/// <summary>A JSON object and where it stands; every field that is missing or of another type is refused with <c>file:line</c>.</summary>
/// <param name="Element">The object.</param>
/// <param name="File">The file, as the reader was given it.</param>
/// <param name="Line">The line on which the row begins, from 1.</param>
/// <param name="Where">Which part of the row this is ("message 3"), empty for the row itself.</param>
public sealed record JsonRow(JsonElement Element, string File, int Line, string Where = "")
{
    /// <summary>An exception that names file, line and part; throw it.</summary>
    public InvalidDataException Error(string text) => new($"{File}:{Line}: {text}{(Where.Length > 0 ? $" ({Where})" : "")}");

    /// <summary>Whether the field is there at all, be it null.</summary>
    public bool Has(string field) => Element.TryGetProperty(field, out _);

    /// <summary>A text that must be there.</summary>
    public string Text(string field) => TextOf(Required(field), field);

    /// <summary>A text that may be absent or null.</summary>
    public string? OptionalText(string field) => TryField(field, out var value) ? TextOf(value, field) : null;

    /// <summary>A number that must be there.</summary>
    public double Number(string field) => NumberOf(Required(field), field);

    /// <summary>A number that may be absent or null.</summary>
    public double? OptionalNumber(string field) => TryField(field, out var value) ? NumberOf(value, field) : null;

    /// <summary>A list of texts that must be there.</summary>
    public IReadOnlyList<string> Texts(string field) => [.. Items(field).Select(item => TextOf(item, $"an entry of '{field}'"))];

    /// <summary>A list of texts; absent or null reads as null.</summary>
    public IReadOnlyList<string>? OptionalTexts(string field) => TryField(field, out _) ? Texts(field) : null;

    /// <summary>An object inside this one.</summary>
    public JsonRow Inner(string field) => ObjectOf(Required(field), field);

    /// <summary>The objects of a list; <paramref name="each"/> names one of them in errors ("message").</summary>
    public IReadOnlyList<JsonRow> Objects(string field, string each) =>
        [.. Items(field).Select((item, index) => ObjectOf(item, $"{each} {index}"))];

    /// <summary>The fields of this object with their values as objects, in file order.</summary>
    public IReadOnlyList<(string Name, JsonRow Value)> Fields() =>
        [.. Element.EnumerateObject().Select(field => (field.Name, ObjectOf(field.Value, field.Name)))];

    /// <summary>A list of <c>{"content", "role"}</c>.</summary>
    public IReadOnlyList<ChatMessage> Messages(string field)
    {
        var items = Objects(field, "message");
        return [.. items.Select((item, index) => new ChatMessage(RoleOf(item, index), item.Text("content")))];
    }

    /// <summary>Writes what <see cref="Messages"/> reads.</summary>
    public static void WriteMessages(Utf8JsonWriter json, string field, IEnumerable<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(messages);
        json.WriteStartArray(field);
        foreach (var message in messages)
        {
            json.WriteStartObject();
            json.WriteString("content", message.Content);
            json.WriteString("role", message.RoleName);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a list of texts.</summary>
    public static void WriteTexts(Utf8JsonWriter json, string field, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(texts);
        json.WriteStartArray(field);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>What JSON calls the value: object, array, string, number, true, false, null.</summary>
    internal static string KindOf(JsonElement value) => value.ValueKind.ToString().ToLowerInvariant();

    private static Role RoleOf(JsonRow item, int index) => item.Text("role") switch
    {
        "system" => Role.System,
        "user" => Role.User,
        "assistant" => Role.Assistant,
        var other => throw (item with { Where = "" }).Error($"message {index} has unknown role '{other}'. Roles are system, user, assistant."),
    };

    private JsonElement Required(string field) => Element.TryGetProperty(field, out var value)
        ? value
        : throw Error($"'{field}' is missing; found {string.Join(", ", Element.EnumerateObject().Select(other => other.Name))}");

    private bool TryField(string field, [MaybeNullWhen(false)] out JsonElement value) =>
        Element.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;

    private string TextOf(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => throw Error($"{name} is null"),
        _ => throw Error($"{name} must be a string, found {KindOf(value)}"),
    };

    private double NumberOf(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Number when double.IsFinite(value.GetDouble()) => value.GetDouble(),
        JsonValueKind.Number => throw Error($"{name} {value.GetRawText()} is beyond the range of a double"),
        JsonValueKind.Null => throw Error($"{name} is null"),
        _ => throw Error($"{name} must be a number, found {KindOf(value)}"),
    };

    private JsonRow ObjectOf(JsonElement value, string name) => value.ValueKind == JsonValueKind.Object
        ? this with { Element = value, Where = Where.Length > 0 ? $"{Where}, {name}" : name }
        : throw Error($"{name} must be an object, found {KindOf(value)}");

    private JsonElement.ArrayEnumerator Items(string field)
    {
        var value = Required(field);
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Error($"{field} must be an array, found {KindOf(value)}");
    }
}
