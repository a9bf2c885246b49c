using Zephyr.Kernel.Display;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Tests.Engine;

public class CellThreadTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The break meets the thread in every place between a cell's last line and the wait for the next cell.</summary>
    [Fact]
    public async Task A_wait_broken_as_the_cell_ends_costs_neither_its_end_nor_the_next_cell()
    {
        const int Cells = 2000;
        var recorded = new RecordedOutput();
        using var output = new OrderedOutput(recorded);
        CellDisplay.Attach(output, new CellInterruption());
        var thread = new CellThread();
        for (var i = 0; i < Cells; i++)
        {
            var ended = false;
            var interruption = new CellInterruption();
            var breaking = Task.Run(() =>
            {
                while (!Volatile.Read(ref ended))
                {
                    thread.BreakWait(interruption);
                }
            }, Cancelled);
            var run = Task.Run(() => thread.Run(() => Task.CompletedTask, interruption), Cancelled);
            Assert.True(await run.WaitAsync(TimeSpan.FromSeconds(20), Cancelled) is null or ThreadInterruptedException);
            Volatile.Write(ref ended, true);
            await breaking;
            Assert.Null(thread.Run(() => Task.Delay(1, Cancelled), new CellInterruption()));
        }

        output.Flush();
        Assert.Empty(recorded.Events); // nothing unhandled, after the cell ended
    }
}
