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

    [Fact]
    public void An_anonymous_type_is_the_same_in_the_next_cell()
    {
        using var session = new Session();
        session.Run("var rows = new List<object>();");
        session.Run("rows.Add(new { Step = 1, Loss = 2.0 });");
        session.Run("rows.Add(new { Step = 2, Loss = 1.5 });");
        Assert.Equal(["result:1"], session.Run("rows.Select(row => row.GetType()).Distinct().Count()"));
        Assert.Equal(["result:true"], session.Run("rows.Contains(new { Step = 1, Loss = 2.0 })"));
    }

    [Fact]
    public void What_a_cell_leaves_in_a_variable_goes_on_after_its_code_is_let_go()
    {
        using var session = new Session();
        session.Run("Func<int> next = null!; Task<int> later = null!; var go = new TaskCompletionSource(); record Pair(int A);");
        session.Run("var count = 0;");
        session.Run("next = () => ++count + new Pair(1).A;");
        session.Run("later = Task.Run(async () => { await go.Task; return new Pair(count).A; });");
        session.Run("for (var i = 0; i < 3; i++) { GC.Collect(); GC.WaitForPendingFinalizers(); }");
        Assert.Equal(["result:2"], session.Run("next()"));
        Assert.Equal(["result:1"], session.Run("go.SetResult(); await later"));
    }

    [Fact]
    public void A_value_inside_another_is_asked_once()
    {
        using var session = new Session();
        session.Run("var asked = 0; IEnumerable<int> Ask() { asked++; yield return 1; }");
        session.Run("(1, Ask())");
        Assert.Equal(["result:1"], session.Run("asked"));
    }

    [Theory]
    [InlineData("partial class C { [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)] public partial int F(); public partial int F() => 1; }", "new C().F()", "1")]
    [InlineData("/// <summary>s</summary>\n#region r\n[Obsolete]\n(int, int) F() => (1, 2);\n#endregion", "F()", "(1, 2)")]
    [InlineData("#pragma warning disable CS0168\n#nullable enable\nstring? F() { int unused; return null; }", "F() ?? \"none\"", "none")]
    [InlineData("struct V { public int X; public static V operator +(V a, V b) => new V { X = a.X + b.X }; public static implicit operator V(int x) => new V { X = x }; public int this[int i] => X * i; public int Twice => // two\n 2 * X; }", "((V)2 + 3)[2] + ((V)4).Twice", "18")]
    [InlineData("int[] numbers = [1, 2]; ref int F() => ref numbers[0];", "F() = 5; numbers[0]", "5")]
    [InlineData("async Task<int> F() { await Task.Yield(); return 3; } IEnumerable<int> G() { yield return 4; }", "await F() + G().First()", "7")]
    [InlineData("using N = System.Numerics; using static System.Math;", "Max(1, (int)new N.Complex(2, 0).Real)", "2")]
    [InlineData("if (int.TryParse(\"4\", out var n) && n is var m) { }", "n + m", "8")]
    [InlineData("var (a, b) = (1, 2);", "a + b", "3")]
    public void What_is_declared_is_there_after_cells_that_declare_nothing(string declaration, string expression, string expected)
    {
        using var session = new Session();
        Assert.Empty(session.Run(declaration));
        session.Run("1 + 1");
        session.Run("Console.Write(\"\");");
        Assert.Equal([$"result:{expected}"], session.Run(expression));
    }
}
