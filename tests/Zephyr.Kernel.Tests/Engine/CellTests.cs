namespace Zephyr.Kernel.Tests.Engine;

public class CellTests
{
    [Fact]
    public void Later_cells_see_what_earlier_ones_declared()
    {
        using var session = new Session();
        session.Run("var x = 40; int Add(int a) => x + a; record Pair(int A, int B);");
        session.Run("x += 1;");
        Assert.Equal(["result:42"], session.Run("Add(1)"));
        Assert.Equal(["result:Pair { A = 1, B = 41 }"], session.Run("new Pair(1, x)"));
    }

    [Fact]
    public void A_cell_may_await_and_stays_on_its_thread()
    {
        using var session = new Session();
        session.Run("var before = Environment.CurrentManagedThreadId; await Task.Delay(5); await Task.Yield();");
        Assert.Equal(["result:true"], session.Run("before == Environment.CurrentManagedThreadId"));
    }

    [Fact]
    public void Only_a_last_expression_without_semicolon_is_shown()
    {
        using var session = new Session();
        Assert.Empty(session.Run("Math.Abs(-1);"));
        Assert.Empty(session.Run("string? nothing = null; nothing"));
        Assert.Equal(["result:2"], session.Run("1 + 1"));
    }

    [Fact]
    public void Streams_displays_and_results_keep_their_order()
    {
        using var session = new Session();
        var events = session.Run("""
            Console.Write("a"); Console.Write("b");
            Console.Error.Write("c");
            var handle = display(1);
            Console.Write("d");
            handle.Update(2);
            clear_output(wait: true);
            Console.Write("e");
            "last"
            """);
        Assert.Equal(["stdout:ab", "stderr:c", "display#1:1", "stdout:d", "update#1:2", "clear:True", "stdout:e", "result:last"], events);
    }

    [Fact]
    public void An_update_reaches_what_an_earlier_cell_showed()
    {
        using var session = new Session();
        Assert.Equal(["display#1:1"], session.Run("var handle = display(1);"));
        Assert.Equal(["update#1:2"], session.Run("handle.Update(2);"));
    }

    [Fact]
    public void Usings_of_a_cell_hold_for_later_cells()
    {
        using var session = new Session();
        session.Run("using System.Numerics;");
        Assert.Equal(["result:<1; 2>"], session.Run("new Complex(1, 2)"));
    }

    [Fact]
    public void A_name_may_be_declared_again()
    {
        using var session = new Session();
        session.Run("var x = 1;");
        session.Run("var x = \"two\";");
        Assert.Equal(["result:two"], session.Run("x"));
    }

    [Fact]
    public void Output_of_a_task_left_behind_belongs_to_the_last_cell()
    {
        using var session = new Session();
        session.Run("var done = new TaskCompletionSource(); _ = Task.Run(async () => { await done.Task; Console.Write(\"late\"); });");
        Assert.Equal(["stdout:late"], session.Run("done.SetResult(); while (true) { await Task.Yield(); if (done.Task.IsCompleted) break; } await Task.Delay(100);"));
    }

    [Fact]
    public void Twenty_thousand_lines_arrive_whole_and_in_order()
    {
        using var session = new Session();
        var events = session.Run("for (var i = 0; i < 20_000; i++) Console.WriteLine(i);");
        var text = string.Concat(events.Select(e => e["stdout:".Length..]));
        Assert.Equal(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i}\n")), text);
        Assert.True(events.Count < 2_000, $"{events.Count} messages for 20,000 lines");
    }
}
