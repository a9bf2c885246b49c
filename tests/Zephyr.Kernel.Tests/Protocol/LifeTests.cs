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

    /// <summary>A kernel that looks for cells to abort after it has replied takes this one for one of them, most likely when it looks for the first time.</summary>
    [Fact]
    public void A_cell_sent_upon_the_reply_to_a_failed_one_runs()
    {
        for (var kernel = 0; kernel < 5; kernel++)
        {
            using var client = new JupyterClient();
            Assert.Equal("ok", (string?)client.Execute("1").Reply["status"]);
            Assert.Equal("error", (string?)client.Reply(client.Ask("execute_request", JupyterClient.ExecuteContent("throw new Exception();")))["content"]!["status"]);
            Assert.Equal("ok", (string?)client.Reply(client.Ask("execute_request", JupyterClient.ExecuteContent("2")))["content"]!["status"]);
        }
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
