using System.Text.Json;

namespace Zephyr.Tests;

/// <summary>Numbers by name out of golden records.</summary>
internal static class JsonNumbers
{
    public static double Get(this JsonElement record, string name) => record.GetProperty(name).GetDouble();

    public static double Get(this JsonElement record, string name, double otherwise) =>
        record.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : otherwise;
}
