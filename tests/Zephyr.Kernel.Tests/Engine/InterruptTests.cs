namespace Zephyr.Kernel.Tests.Engine;

public class InterruptTests
{
    public static TheoryData<string> Endless => new(
        "while (true) { }",
        "long n = 0; while (true) { n++; }",
        "Thread.Sleep(Timeout.Infinite);",
        "await Task.Delay(Timeout.Infinite);",
        "await Task.Run(() => { while (!stop) Thread.Yield(); });",
        "while (true) { try { Thread.Sleep(Timeout.Infinite); } catch (Exception) { } }",
        "while (true) Console.Write(\"\");",
        "while (true) await Task.Yield();",
        "again: kept = 41; goto again;");

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task An_endless_cell_is_stopped_and_the_session_lives_on(string code)
    {
        using var session = new Session();
        session.Run("var kept = 41; var stop = false; var started = new TaskCompletionSource();");
        for (var round = 0; round < 2; round++)
        {
            var end = await Interrupted(session, code);
            Assert.Equal("error:KeyboardInterrupt", end[^1]);
            Assert.Equal(["result:42"], session.Run("kept + 1"));
        }

        session.Run("stop = true;");
    }

    [Fact]
    public async Task A_cell_that_asks_for_the_token_ends_by_itself()
    {
        using var session = new Session();
        var end = await Interrupted(session, "var token = Cell.Cancelled; clear_output(); var rounds = 0; do { rounds++; await Task.Delay(1); } while (!token.IsCancellationRequested); \"tidy\"");
        Assert.Equal(["result:tidy"], end);
        Assert.Equal(["result:true"], session.Run("rounds > 0"));
    }

    [Fact]
    public async Task A_cell_that_throws_at_the_token_counts_as_interrupted()
    {
        using var session = new Session();
        var end = await Interrupted(session, "var before = 1; var token = Cell.Cancelled; clear_output(); await Task.Delay(Timeout.Infinite, token);");
        Assert.Equal(["error:KeyboardInterrupt"], end);
        Assert.Equal(["result:1"], session.Run("before"));
    }

    [Fact]
    public void Without_an_interrupt_a_cancelled_task_is_an_ordinary_exception()
    {
        using var session = new Session();
        Assert.Equal(["error:TaskCanceledException"], session.Run("await Task.FromCanceled(new CancellationToken(true));"));
    }

    [Fact]
    public async Task An_interrupt_between_cells_does_nothing()
    {
        using var session = new Session();
        session.Run("var x = 1;");
        await session.Engine.InterruptAsync();
        Assert.Equal(["result:1"], session.Run("x"));
    }

    /// <summary>Runs a cell, interrupts it once it has begun (once it clears its output, where it does that itself), and returns what it showed.</summary>
    private static async Task<IReadOnlyList<string>> Interrupted(Session session, string code)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Recorded.Begun = begun;
        var run = Task.Run(() => session.Run(code.Contains("clear_output", StringComparison.Ordinal) ? code : $"clear_output();\n{code}"));
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await session.Engine.InterruptAsync();
        var events = await run.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return [.. events.Where(e => e != "clear:False")];
    }
}
