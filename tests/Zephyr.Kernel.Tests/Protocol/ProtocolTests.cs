using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Tests.Protocol;

/// <summary>One kernel for all tests of this class: each must leave it alive.</summary>
public sealed class ProtocolTests(ProtocolTests.RunningKernel kernel) : IClassFixture<ProtocolTests.RunningKernel>
{
    private readonly JupyterClient _client = kernel.Client;

    [Fact]
    public void Kernel_info_tells_language_and_protocol()
    {
        var info = _client.Reply(_client.Ask("kernel_info_request", []))["content"]!;
        Assert.Equal("ok", (string?)info["status"]);
        Assert.Equal("5.4", (string?)info["protocol_version"]);
        Assert.Equal("C#", (string?)info["language_info"]!["name"]);
        Assert.Equal(".cs", (string?)info["language_info"]!["file_extension"]);
    }

    [Fact]
    public void Each_request_is_busy_first_and_idle_last_on_iopub()
    {
        var (reply, published) = _client.Execute("Console.Write(\"out\"); display(1); 2");
        Assert.Equal("ok", (string?)reply["status"]);
        Assert.Equal(
            ["status", "execute_input", "stream", "display_data", "execute_result", "status"],
            published.Select(m => (string?)m["header"]!["msg_type"]));
        Assert.Equal((int?)reply["execution_count"], (int?)published[4]["content"]!["execution_count"]);
    }

    [Fact]
    public void An_update_carries_the_id_of_what_it_updates()
    {
        var (_, published) = _client.Execute("var shown = display(\"a\"); shown.Update(\"b\");");
        var shown = published.Single(m => (string?)m["header"]!["msg_type"] == "display_data")["content"]!;
        var update = published.Single(m => (string?)m["header"]!["msg_type"] == "update_display_data")["content"]!;
        Assert.Equal((string?)shown["transient"]!["display_id"], (string?)update["transient"]!["display_id"]);
        Assert.Equal("b", (string?)update["data"]!["text/plain"]);
    }

    [Fact]
    public void An_error_is_published_and_replied_alike()
    {
        var (reply, published) = _client.Execute("throw new FormatException(\"why\");");
        var error = published.Single(m => (string?)m["header"]!["msg_type"] == "error")["content"]!;
        Assert.Equal("error", (string?)reply["status"]);
        Assert.Equal("FormatException", (string?)reply["ename"]);
        Assert.Equal("why", (string?)error["evalue"]);
        Assert.Equal(error["traceback"]!.ToJsonString(), reply["traceback"]!.ToJsonString());
    }

    [Fact]
    public void After_an_error_the_cells_sent_behind_it_are_aborted_and_other_requests_answered()
    {
        var slow = _client.Ask("execute_request", JupyterClient.ExecuteContent("await Task.Delay(500); throw new Exception(\"stop\");"));
        var second = _client.Ask("execute_request", JupyterClient.ExecuteContent("Console.Write(\"never\");"));
        var info = _client.Ask("kernel_info_request", []);
        var third = _client.Ask("execute_request", JupyterClient.ExecuteContent("1"));
        Assert.Equal("error", (string?)_client.Reply(slow)["content"]!["status"]);
        Assert.Equal("aborted", (string?)_client.Reply(second)["content"]!["status"]);
        Assert.Equal("aborted", (string?)_client.Reply(third)["content"]!["status"]);
        Assert.Equal("ok", (string?)_client.Reply(info)["content"]!["status"]);
        Assert.Equal("ok", (string?)_client.Execute("2").Reply["status"]);
    }

    [Fact]
    public void Without_stop_on_error_the_next_cell_runs()
    {
        var first = _client.Ask("execute_request", JupyterClient.ExecuteContent("await Task.Delay(300); throw new Exception(\"x\");", stopOnError: false));
        var second = _client.Ask("execute_request", JupyterClient.ExecuteContent("1"));
        Assert.Equal("error", (string?)_client.Reply(first)["content"]!["status"]);
        Assert.Equal("ok", (string?)_client.Reply(second)["content"]!["status"]);
    }

    [Fact]
    public void An_interrupt_on_control_overtakes_the_busy_shell()
    {
        _client.Execute("var kept = 7;");
        var busy = _client.Ask("execute_request", JupyterClient.ExecuteContent("Console.WriteLine(\"on\"); while (true) { }"));
        _client.NextPublished("stream");
        var interrupt = _client.AskControl("interrupt_request", []);
        Assert.Equal("ok", (string?)_client.ReplyOnControl(interrupt)["content"]!["status"]);
        Assert.Equal("KeyboardInterrupt", (string?)_client.Reply(busy)["content"]!["ename"]);
        var (_, published) = _client.Execute("kept");
        Assert.Contains(published, m => (string?)m["content"]!["data"]?["text/plain"] == "7");
    }

    [Fact]
    public void A_silent_request_counts_and_publishes_nothing()
    {
        var before = (int?)_client.Execute("1").Reply["execution_count"];
        var content = JupyterClient.ExecuteContent("var quiet = 5; Console.Write(\"x\"); quiet");
        content["silent"] = true;
        var id = _client.Ask("execute_request", content);
        Assert.Equal("ok", (string?)_client.Reply(id)["content"]!["status"]);
        Assert.Equal(["status", "status"], _client.Published(id).Select(m => (string?)m["header"]!["msg_type"]));
        Assert.Equal(before + 1, (int?)_client.Execute("quiet").Reply["execution_count"]);
    }

    [Fact]
    public void What_is_forged_or_malformed_is_dropped_and_never_fatal()
    {
        _client.AskForged("shutdown_request", new JsonObject { ["restart"] = false });
        _client.SendRaw("nonsense");
        _client.SendRaw("<IDS|MSG>", "", "{", "{}", "{}", "{}");
        _client.SendRaw("<IDS|MSG>", "", "[]", "{}", "{}", "{}");
        _client.Ask("no_such_request", []);
        Assert.Equal("ok", (string?)_client.Execute("1").Reply["status"]);
        Assert.Contains("signature", _client.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_with_content_of_the_wrong_kind_is_told_so()
    {
        var id = _client.Ask("execute_request", new JsonObject { ["code"] = new JsonObject() });
        Assert.Equal("error", (string?)_client.Reply(id)["content"]!["status"]);
        Assert.Equal("ok", (string?)_client.Execute("1").Reply["status"]);
    }

    [Theory]
    [InlineData("Console.WriteL", 14, "WriteLine", 8, 14)]
    [InlineData("\"😀\".Substr", 10, "Substring", 4, 10)]
    public void Completion_counts_in_code_points(string code, int cursor, string match, int start, int end)
    {
        var content = _client.Reply(_client.Ask("complete_request", new JsonObject { ["code"] = code, ["cursor_pos"] = cursor }))["content"]!;
        Assert.Equal([match], content["matches"]!.AsArray().Select(m => (string?)m));
        Assert.Equal((start, end), ((int?)content["cursor_start"], (int?)content["cursor_end"]));
    }

    [Fact]
    public void Completion_and_inspection_know_what_earlier_cells_declared()
    {
        _client.Execute("var temperature = 21.5; /* loops are checked */ for (var i = 0; i < 2; i++) { }");
        var completion = _client.Reply(_client.Ask("complete_request", new JsonObject { ["code"] = "tempera", ["cursor_pos"] = 7 }))["content"]!;
        Assert.Equal("temperature", (string?)completion["matches"]![0]);
        var inspection = _client.Reply(_client.Ask("inspect_request", new JsonObject { ["code"] = "temperature", ["cursor_pos"] = 11, ["detail_level"] = 0 }))["content"]!;
        Assert.True((bool?)inspection["found"]);
        Assert.Contains("double temperature", (string?)inspection["data"]!["text/plain"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("var x = 1;", "complete")]
    [InlineData("if (true) {", "incomplete")]
    [InlineData("var = ;", "invalid")]
    public void Is_complete_tells_what_the_return_key_should_do(string code, string expected) =>
        Assert.Equal(expected, (string?)_client.Reply(_client.Ask("is_complete_request", new JsonObject { ["code"] = code }))["content"]!["status"]);

    [Fact]
    public void Comm_info_lists_none()
    {
        var content = _client.Reply(_client.Ask("comm_info_request", []))["content"]!;
        Assert.Empty(content["comms"]!.AsObject());
    }

    [Fact]
    public void The_heartbeat_is_an_echo() => Assert.Equal("beat", _client.Echo("beat"));

    [Fact]
    public void An_exception_on_a_thread_of_the_cell_is_shown_and_survived()
    {
        var (reply, published) = _client.Execute("var t = new Thread(() => throw new FormatException(\"aside\")); t.Start(); await Task.Delay(500);");
        Assert.Equal("ok", (string?)reply["status"]);
        Assert.Contains(published, m => (string?)m["content"]!["name"] == "stderr" && ((string?)m["content"]!["text"])!.Contains("aside", StringComparison.Ordinal));
        Assert.Equal("ok", (string?)_client.Execute("1").Reply["status"]);
    }

    public sealed class RunningKernel : IDisposable
    {
        internal JupyterClient Client { get; } = new();

        public void Dispose() => Client.Dispose();
    }
}
