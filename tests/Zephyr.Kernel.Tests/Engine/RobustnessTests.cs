using System.Diagnostics;
using System.Globalization;

namespace Zephyr.Kernel.Tests.Engine;

public class RobustnessTests
{
    [Fact]
    public void Many_threads_may_write_and_every_line_stays_whole()
    {
        using var session = new Session();
        var events = session.Run("""
            var threads = Enumerable.Range(0, 8).Select(t => new Thread(() => { for (var i = 0; i < 1000; i++) Console.WriteLine($"{t}:{i}:😀"); })).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
            """);
        var lines = string.Concat(events.Select(e => e["stdout:".Length..])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, 8).SelectMany(t => Enumerable.Range(0, 1000).Select(i => $"{t}:{i}:😀")).Order(StringComparer.Ordinal), lines.Order(StringComparer.Ordinal));
        for (var t = 0; t < 8; t++)
        {
            Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{t}:{i}:😀"), lines.Where(l => l.StartsWith($"{t}:", StringComparison.Ordinal))); // each thread's in its order
        }
    }

    [Fact]
    public void A_character_written_in_two_halves_arrives_as_one()
    {
        using var session = new Session();
        var events = session.Run("Console.Write('\\ud83d'); Thread.Sleep(200); Console.Write('\\ude00'); Thread.Sleep(200); Console.Write(\"é\");");
        Assert.DoesNotContain(events, e => e.EndsWith('\ud83d'));
        Assert.Equal("😀é", string.Concat(events.Select(e => e["stdout:".Length..])));
    }

    [Fact]
    public void Texts_and_errors_may_lie_outside_the_basic_plane()
    {
        using var session = new Session();
        Assert.Equal(["result:(2, \"😀\")"], session.Run("var größe = \"😀\"; (größe.Length, größe)"));
        session.Run("throw new InvalidOperationException(\"😀 fails\");");
        Assert.Equal("😀 fails", session.Error!.Message);
        session.Run("var s = \"😀\"; nowhere");
        Assert.Contains("      var s = \"😀\"; nowhere", session.Error.Traceback);
    }

    [Fact]
    public void Small_cells_leave_little_behind()
    {
        const int Cells = 150;
        using var session = new Session();
        for (var i = 0; i < 50; i++)
        {
            session.Run("1 + 1");
        }

        var (before, watch) = (Held(), Stopwatch.StartNew());
        for (var i = 0; i < Cells; i++)
        {
            session.Run(string.Create(CultureInfo.InvariantCulture, $"var x{i} = {i}; x{i} + 1"));
        }

        var kilobytes = (Held() - before) / 1024.0 / Cells;
        TestContext.Current.TestOutputHelper!.WriteLine($"{kilobytes:0.0} KB and {watch.Elapsed.TotalMilliseconds / Cells:0} ms a cell");
        Assert.True(kilobytes < 100, $"{kilobytes:0} KB a cell");
    }

    private static long Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
