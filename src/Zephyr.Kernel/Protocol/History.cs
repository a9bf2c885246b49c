using System.IO.Enumeration;
using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Protocol;

/// <summary>The cells that ran in this session, for the arrow keys of a console.</summary>
internal sealed class History
{
    private readonly List<(int Number, string Code)> _entries = [];

    /// <summary>Remembers a cell.</summary>
    public void Add(int number, string code) => _entries.Add((number, code));

    /// <summary>The content of <c>history_reply</c>.</summary>
    public JsonObject Reply(JsonObject request)
    {
        var found = (string?)request["hist_access_type"] switch
        {
            "range" => Range((int?)request["start"] ?? 1, (int?)request["stop"] ?? int.MaxValue),
            "search" => Search((string?)request["pattern"] ?? "*", (bool?)request["unique"] ?? false, (int?)request["n"]),
            _ => _entries.TakeLast((int?)request["n"] ?? _entries.Count),
        };
        var withOutput = (bool?)request["output"] ?? false;
        return new JsonObject
        {
            ["status"] = "ok",
            ["history"] = new JsonArray([.. found.Select(e => new JsonArray(1, e.Number, withOutput ? new JsonArray(e.Code, null) : e.Code))]),
        };
    }

    private IEnumerable<(int Number, string Code)> Range(int start, int stop) =>
        _entries.Where(e => e.Number >= start && e.Number < stop);

    private IEnumerable<(int Number, string Code)> Search(string pattern, bool unique, int? count)
    {
        var found = _entries.Where(e => FileSystemName.MatchesSimpleExpression(pattern, e.Code, ignoreCase: false));
        found = unique ? found.Reverse().DistinctBy(e => e.Code).Reverse() : found;
        return found.TakeLast(count ?? int.MaxValue);
    }
}
