using System.Text.Json.Nodes;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Protocol;

/// <summary>Completions and explanations as the protocol tells them. Positions there are code points, in C# UTF-16 code units.</summary>
internal static class Assistance
{
    /// <summary>The content of <c>complete_reply</c>.</summary>
    public static JsonObject Complete(CSharpEngine engine, JsonObject request)
    {
        var code = (string?)request["code"] ?? "";
        var (span, names) = engine.Complete(code, Units(code, (int?)request["cursor_pos"]));
        return new JsonObject
        {
            ["status"] = "ok",
            ["matches"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]),
            ["cursor_start"] = Points(code, span.Start),
            ["cursor_end"] = Points(code, span.End),
            ["metadata"] = new JsonObject(),
        };
    }

    /// <summary>The content of <c>inspect_reply</c>.</summary>
    public static JsonObject Inspect(CSharpEngine engine, JsonObject request)
    {
        var code = (string?)request["code"] ?? "";
        var text = engine.Explain(code, Units(code, (int?)request["cursor_pos"]), everything: (int?)request["detail_level"] == 1);
        return new JsonObject
        {
            ["status"] = "ok",
            ["found"] = text is not null,
            ["data"] = text is null ? new JsonObject() : Page(text),
            ["metadata"] = new JsonObject(),
        };
    }

    /// <summary>An explanation in the forms that front ends show.</summary>
    public static JsonObject Page(string text) => new() { ["text/markdown"] = text, ["text/plain"] = text };

    /// <summary>Code units before a position in code points; the end of the text where the position is missing or beyond it.</summary>
    public static int Units(string text, int? points)
    {
        var units = 0;
        for (var left = points ?? int.MaxValue; left > 0 && units < text.Length; left--)
        {
            units += units + 1 < text.Length && char.IsSurrogatePair(text[units], text[units + 1]) ? 2 : 1;
        }

        return units;
    }

    /// <summary>Code points before a position in code units.</summary>
    public static int Points(string text, int units) => text[..units].EnumerateRunes().Count();
}
