using System.IO.Enumeration;
using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Protocol;

/// <summary>The cells that ran, in this session and in those before it, for the arrow keys and the search of a console.</summary>
/// <param name="file">What earlier sessions left, and where this one leaves its own.</param>
internal sealed class History(HistoryFile file)
{
    private readonly List<(int Number, string Code)> _own = [];
    private readonly Dictionary<int, string> _results = [];
    private readonly string _name = Guid.NewGuid().ToString("N");
    private IReadOnlyList<HistoryEntry>? _earlier;

    /// <summary>What other sessions left before the first question was asked.</summary>
    private IReadOnlyList<HistoryEntry> Earlier => _earlier ??= file.Read(except: _name);

    /// <summary>The number of this session, from 1: the newest.</summary>
    private int Session => Earlier.Count == 0 ? 1 : Earlier[^1].Session + 1;

    private IEnumerable<HistoryEntry> All => Earlier.Concat(_own.Select(e => new HistoryEntry(Session, e.Number, e.Code)));

    /// <summary>Remembers a cell.</summary>
    public void Add(int number, string code)
    {
        _own.Add((number, code));
        file.Append(_name, number, code);
    }

    /// <summary>Remembers the text of a cell's result, for as long as the session lives.</summary>
    public void AddResult(int number, string text) => _results[number] = text;

    /// <summary>The content of <c>history_reply</c>.</summary>
    public JsonObject Reply(JsonObject request)
    {
        var found = (string?)request["hist_access_type"] switch
        {
            "range" => Range((int?)request["session"] ?? 0, (int?)request["start"] ?? 1, (int?)request["stop"] ?? int.MaxValue),
            "search" => Search((string?)request["pattern"] ?? "*", (bool?)request["unique"] ?? false, (int?)request["n"]),
            _ => All.TakeLast((int?)request["n"] ?? int.MaxValue),
        };
        var withOutput = (bool?)request["output"] ?? false;
        return new JsonObject
        {
            ["status"] = "ok",
            ["history"] = new JsonArray([.. found.Select(e => new JsonArray(e.Session, e.Number, withOutput ? new JsonArray(e.Code, Result(e)) : e.Code))]),
        };
    }

    private string? Result(HistoryEntry entry) => entry.Session == Session ? _results.GetValueOrDefault(entry.Number) : null;

    /// <param name="session">0 is this one, -1 the one before it; positive numbers count from the oldest.</param>
    /// <param name="start">The first number.</param>
    /// <param name="stop">The number after the last.</param>
    private IEnumerable<HistoryEntry> Range(int session, int start, int stop)
    {
        var wanted = session > 0 ? session : Session + session;
        return All.Where(e => e.Session == wanted && e.Number >= start && e.Number < stop);
    }

    private IEnumerable<HistoryEntry> Search(string pattern, bool unique, int? count)
    {
        var found = All.Where(e => FileSystemName.MatchesSimpleExpression(pattern, e.Code, ignoreCase: false));
        found = unique ? found.Reverse().DistinctBy(e => e.Code).Reverse() : found;
        return found.TakeLast(count ?? int.MaxValue);
    }
}
