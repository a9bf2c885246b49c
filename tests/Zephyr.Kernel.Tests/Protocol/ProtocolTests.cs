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
    public void A_display_of_twenty_megabytes_arrives_whole()
    {
        var (_, published) = _client.Execute("HTML(string.Concat(Enumerable.Repeat(\"<b>é</b>\", 2_500_000)))");
        var html = (string?)published.Single(m => (string?)m["header"]!["msg_type"] == "execute_result")["content"]!["data"]!["text/html"];
        Assert.True(string.Concat(Enumerable.Repeat("<b>é</b>", 2_500_000)) == html);
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
    public void A_request_that_is_not_stored_does_not_count()
    {
        var before = (int?)_client.Execute("1").Reply["execution_count"];
        var content = JupyterClient.ExecuteContent("var aside = 5; aside");
        content["store_history"] = false;
        var id = _client.Ask("execute_request", content);
        Assert.Contains(_client.Published(id), m => (string?)m["header"]!["msg_type"] == "execute_result");
        Assert.Equal(before + 1, (int?)_client.Execute("aside").Reply["execution_count"]);
    }

    [Fact]
    public void Expressions_of_the_front_end_are_evaluated_after_the_cell_and_leave_nothing()
    {
        var content = JupyterClient.ExecuteContent("var side = 3;");
        content["user_expressions"] = new JsonObject { ["area"] = "side * side", ["bad"] = "nowhere", ["thrown"] = "int.Parse(\"x\")", ["kept"] = "var left = 1;" };
        var reply = _client.Reply(_client.Ask("execute_request", content))["content"]!;
        Assert.Equal("ok", (string?)reply["status"]);
        var answers = reply["user_expressions"]!;
        Assert.Equal("9", (string?)answers["area"]!["data"]!["text/plain"]);
        Assert.Equal("CompilationError", (string?)answers["bad"]!["ename"]);
        Assert.Equal("FormatException", (string?)answers["thrown"]!["ename"]);
        Assert.Equal("ok", (string?)answers["kept"]!["status"]);
        Assert.Equal("CompilationError", (string?)_client.Execute("left").Reply["ename"]);
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

    [Fact]
    public void Comm_info_lists_none()
    {
        var content = _client.Reply(_client.Ask("comm_info_request", []))["content"]!;
        Assert.Empty(content["comms"]!.AsObject());
    }

    [Fact]
    public void A_comm_that_nobody_answers_to_is_closed_at_once()
    {
        var id = _client.Ask("comm_open", new JsonObject { ["comm_id"] = "c1", ["target_name"] = "some.widget", ["data"] = new JsonObject() });
        var closed = _client.Published(id).Single(m => (string?)m["header"]!["msg_type"] == "comm_close");
        Assert.Equal("c1", (string?)closed["content"]!["comm_id"]);
        Assert.Empty(_client.Reply(_client.Ask("comm_info_request", []))["content"]!["comms"]!.AsObject());
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
