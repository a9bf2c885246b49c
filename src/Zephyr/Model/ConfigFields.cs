using System.Text.Json;

namespace Zephyr.Model;

/// <summary>The fields of one JSON object with errors that name file and field. An explicit null reads as absent.</summary>
internal sealed class ConfigFields(string file, JsonElement element, string prefix = "")
{
    private readonly JsonElement _element = element.ValueKind == JsonValueKind.Object
        ? element
        : throw new InvalidDataException($"{file}: {(prefix.Length == 0 ? "the file" : prefix.TrimEnd('.'))} is {element.ValueKind}, not an object.");

    public bool Has(string name) => _element.TryGetProperty(name, out _);

    public string Raw(string name) => _element.GetProperty(name).GetRawText();

    public JsonElement? Value(string name) =>
        _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public ConfigFields? Child(string name) => Value(name) is { } value ? new ConfigFields(file, value, $"{prefix}{name}.") : null;

    public string? Text(string name) => Value(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } other => throw Wrong(name, $"is {other.GetRawText()}; a text is needed"),
    };

    public bool? Flag(string name) => Value(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Wrong(name, $"is {other.GetRawText()}; true or false is needed"),
    };

    public double? Number(string name) => Value(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        { } other => throw Wrong(name, $"is {other.GetRawText()}; a number is needed"),
    };

    public int? Integer(string name) => Value(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var whole) => whole,
        { } other => throw Wrong(name, $"is {other.GetRawText()}; one whole number is needed"),
    };

    public int Size(string name) => Integer(name) switch
    {
        null => throw Wrong(name, "is missing; the model's size cannot be guessed"),
        <= 0 and var size => throw Wrong(name, $"is {size}; it must be positive"),
        { } size => size,
    };

    public void Require(bool holds, string name, string what)
    {
        if (!holds)
        {
            throw Wrong(name, what);
        }
    }

    public InvalidDataException Wrong(string name, string what) => new($"{file}: {prefix}{name} {what}.");
}
