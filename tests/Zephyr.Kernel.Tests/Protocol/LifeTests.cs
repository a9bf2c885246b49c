using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Tests.Protocol;

public class LifeTests
{
    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_shutdown_is_answered_and_ends_the_process_even_when_busy(bool busy)
    {
        using var client = new JupyterClient();
        Assert.Equal("ok", (string?)client.Execute("1").Reply["status"]);
        if (busy)
        {
            client.Ask("execute_request", JupyterClient.ExecuteContent("Console.WriteLine(\"on\"); while (true) { }"));
            client.NextPublished("stream");
        }

        var reply = client.ReplyOnControl(client.AskControl("shutdown_request", new JsonObject { ["restart"] = true }));
        Assert.True((bool?)reply["content"]!["restart"]);
        await client.Process.WaitForExitAsync(Patience);
        Assert.Equal(0, client.Process.ExitCode);
    }

    [Fact]
    public async Task The_kernel_ends_when_its_parent_is_gone()
    {
        using var parent = Process.Start(new ProcessStartInfo("sleep", "600"))!;
        using var client = new JupyterClient(("JPY_PARENT_PID", parent.Id.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal("ok", (string?)client.Execute("1").Reply["status"]);
        parent.Kill();
        await client.Process.WaitForExitAsync(Patience);
    }

    [Fact]
    public void All_cells_sent_before_the_reply_to_a_failed_one_are_aborted_and_the_one_sent_upon_it_runs()
    {
        using var client = new JupyterClient();
        Assert.Equal("ok", (string?)client.Execute("1").Reply["status"]);
        string Ask(string code) => client.Ask("execute_request", JupyterClient.ExecuteContent(code));
        string Status(string id) => (string)client.Reply(id)["content"]!["status"]!;
        var failing = Ask("await Task.Delay(1000); throw new Exception();");
        string[] behind = [.. Enumerable.Range(0, 2000).Select(_ => Ask("1"))];
        Assert.Equal("error", Status(failing));
        var upon = Ask("2");
        Assert.All(behind, id => Assert.Equal("aborted", Status(id)));
        Assert.Equal("ok", Status(upon));
    }

    [Fact]
    public void An_interrupt_while_no_cell_runs_stops_those_that_wait()
    {
        using var client = new JupyterClient();
        client.Reply(client.Ask("kernel_info_request", []));
        var slow = client.Ask("complete_request", new JsonObject { ["code"] = "Console.", ["cursor_pos"] = 8 }); // the first answer of a kernel takes its time
        var waiting = client.Ask("execute_request", JupyterClient.ExecuteContent("1"));
        var anyway = client.Ask("execute_request", JupyterClient.ExecuteContent("2", stopOnError: false));
        Thread.Sleep(50); // until they have come; the answer takes some hundred more
        client.ReplyOnControl(client.AskControl("interrupt_request", []));
        Assert.Equal("ok", (string?)client.Reply(slow)["content"]!["status"]);
        Assert.Equal("aborted", (string?)client.Reply(waiting)["content"]!["status"]);
        Assert.Equal("ok", (string?)client.Reply(anyway)["content"]!["status"]);
        Assert.Equal("ok", (string?)client.Execute("3").Reply["status"]);
    }

    [Fact]
    public void A_new_listener_is_welcomed()
    {
        using var client = new JupyterClient();
        Assert.Equal("", (string?)client.NextPublished("iopub_welcome")["content"]!["subscription"]);
        Assert.Equal("starting", (string?)client.NextPublished("status")["content"]!["execution_state"]); // however late it connected
    }

    [Fact]
    public void So_is_the_next_one()
    {
        using var client = new JupyterClient();
        client.NextPublished("iopub_welcome");
        client.NextPublished("status");
        using var other = client.AnotherListener();
        Assert.Equal("", (string?)client.NextPublished("iopub_welcome")["content"]!["subscription"]); // told to all who listen
        Assert.Equal("starting", (string?)client.NextPublished("status")["content"]!["execution_state"]);
    }

    [Fact]
    public void Cells_that_declare_nothing_leave_nothing_behind()
    {
        const int Cells = 200;
        using var client = new JupyterClient();
        string Value(string code) =>
            (string)client.Execute(code).Published.Single(m => (string?)m["header"]!["msg_type"] == "execute_result")["content"]!["data"]!["text/plain"]!;

        client.Execute("record Point(int X);\nvar sum = 0;");
        for (var i = 0; i < Cells; i++)
        {
            client.Execute("sum += Enumerable.Range(0, 3).Select(n => new Point(n)).Sum(p => p.X); sum");
        }

        client.Execute("for (var i = 0; i < 5; i++) { GC.Collect(); GC.WaitForPendingFinalizers(); }");
        var loaded = int.Parse(Value("AppDomain.CurrentDomain.GetAssemblies().Count(a => a.GetName().Name!.StartsWith(\"cells.\"))"), CultureInfo.InvariantCulture);
        Assert.InRange(loaded, 2, 12); // the rehearsal or the first cell, the declarations, this cell, and what the runtime has not yet let go
        Assert.Equal((3 * Cells).ToString(CultureInfo.InvariantCulture), Value("sum"));
    }
}
