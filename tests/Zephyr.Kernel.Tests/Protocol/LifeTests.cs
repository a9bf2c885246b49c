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
    public void A_new_listener_is_welcomed()
    {
        using var client = new JupyterClient();
        Assert.Equal("", (string?)client.NextPublished("iopub_welcome")["content"]!["subscription"]);
        Assert.Equal("starting", (string?)client.NextPublished("status")["content"]!["execution_state"]); // however late it connected
    }
}
