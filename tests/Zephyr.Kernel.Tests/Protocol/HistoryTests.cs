using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Tests.Protocol;

public sealed class HistoryTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("state-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public void Sessions_of_a_user_share_a_history_that_outlives_them()
    {
        using (var first = new JupyterClient(("XDG_STATE_HOME", _state)))
        {
            first.Execute("1 + 1");
            first.Execute("var x = 2;");
            first.Execute("1 + 1");
            Assert.Equal(["1.1:1 + 1>2", "1.2:var x = 2;>", "1.3:1 + 1>2"], Ask(first, new() { ["hist_access_type"] = "tail", ["n"] = 5, ["output"] = true }));
        }

        using var second = new JupyterClient(("XDG_STATE_HOME", _state));
        second.Execute("var y = 3;");
        second.Execute("var z = 4;");
        Assert.Equal(["1.3:1 + 1", "2.1:var y = 3;", "2.2:var z = 4;"], Ask(second, new() { ["hist_access_type"] = "tail", ["n"] = 3 }));
        Assert.Equal(["2.2:var z = 4;"], Ask(second, new() { ["hist_access_type"] = "range", ["session"] = 0, ["start"] = 2, ["stop"] = 9 }));
        Assert.Equal(["1.2:var x = 2;"], Ask(second, new() { ["hist_access_type"] = "range", ["session"] = -1, ["start"] = 2, ["stop"] = 3 }));
        Assert.Equal(["1.1:1 + 1"], Ask(second, new() { ["hist_access_type"] = "range", ["session"] = 1, ["start"] = 1, ["stop"] = 2 }));
        Assert.Equal(["1.3:1 + 1"], Ask(second, new() { ["hist_access_type"] = "search", ["pattern"] = "1*", ["unique"] = true, ["n"] = 5 }));
        Assert.Equal(["1.2:var x = 2;", "2.1:var y = 3;", "2.2:var z = 4;"], Ask(second, new() { ["hist_access_type"] = "search", ["pattern"] = "var ?*", ["n"] = 5 }));
    }

    [Fact]
    public void A_damaged_history_costs_its_damaged_lines_only()
    {
        var file = Path.Combine(_state, "zephyr-csharp", "history.jsonl");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "{\"session\":\"a\",\"number\":1,\"code\":\"kept\"}\n{\"session\":\"a\",\"num\n[]\n{\"session\":7}\n");
        using var client = new JupyterClient(("XDG_STATE_HOME", _state));
        Assert.Equal("ok", (string?)client.Execute("1").Reply["status"]);
        Assert.Equal(["1.1:kept", "2.1:1"], Ask(client, new() { ["hist_access_type"] = "tail", ["n"] = 9 }));
    }

    [Fact]
    public void A_history_that_cannot_be_kept_stops_nothing()
    {
        var notAFolder = Path.Combine(_state, "file");
        File.WriteAllText(notAFolder, "");
        using var client = new JupyterClient(("XDG_STATE_HOME", notAFolder));
        Assert.Equal("ok", (string?)client.Execute("1").Reply["status"]);
        Assert.Equal(["1.1:1"], Ask(client, new() { ["hist_access_type"] = "tail", ["n"] = 9 }));
        Assert.Contains("history", client.Log, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Ask(JupyterClient client, JsonObject content) =>
        client.Reply(client.Ask("history_request", content))["content"]!["history"]!.AsArray()
            .Select(e => $"{e![0]}.{e[1]}:{(e[2] is JsonArray pair ? $"{pair[0]}>{pair[1]}" : e[2])}");
}
