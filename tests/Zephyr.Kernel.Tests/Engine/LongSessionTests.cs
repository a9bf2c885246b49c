using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Tests.Engine;

/// <summary>Of a long session cells are forgotten that no later one can tell the absence of.</summary>
public partial class LongSessionTests
{
    /// <summary>Another session, of the same cells, in which nothing is forgotten, tells what each cell shows.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Nobody_can_tell(int seed)
    {
        using Session forgets = new(few: 3), remembers = new(few: int.MaxValue);
        var cells = new RandomCells(seed);
        var code = RandomCells.First;
        for (var i = 0; i < 120; i++, code = cells.Next())
        {
            Assert.Equal((i, code, Shown(remembers, code)), (i, code, Shown(forgets, code)));
            Assert.Equal(remembers.Error?.Message, forgets.Error?.Message);
        }
    }

    [Theory]
    [InlineData("var x = 7; string s = \"é\"; (int A, string B) pair = (1, \"b\"); int[,] grid = { { 1, 2 } }; int? no = null; dynamic any = 3; var @class = 9;", "pair.A + pair.B + grid[0, 1] + (no is null) + any + @class + s + x", "1b2True39é7")]
    [InlineData("var stream = new MemoryStream(); stream.WriteByte(4);", "stream.Length", "1")]
    [InlineData("const int Three = 3; readonly int four = 4;", "4 switch { Three => 3, _ => four }", "4")]
    [InlineData("var n = 1; Action more = () => n++; ", "more(); n", "2")] // the variable itself, not a copy
    [InlineData("var n = 1; int Next() => ++n;", "n = 5; Next(); n", "6")]
    [InlineData("var n = 1; var all = from i in new[] { 1, 2 } select i + n;", "n = 5; all.Sum()", "13")]
    [InlineData("var n = 1; int N { get => n; set => n = value; }", "N = 8; n", "8")]
    [InlineData("var n = 1; Func<int> old = () => n; var n = \"new\";", "n + old()", "new1", true)]
    [InlineData("record P(int A); var p = new P(1); record P(int A, int B);", "p.A + new P(1, 2).B", "3", true)]
    [InlineData("class A { public int V = 5; } A a = new(); A Make() => new A { V = 6 };", "a.V + Make().V", "11")]
    [InlineData("static int Twice(this int x) => 2 * x;", "4.Twice()", "8")]
    [InlineData("using static System.Math; using Numbers = System.Collections.Generic.List<int>;", "Abs(-3) + new Numbers().Count", "3")]
    [InlineData("var one = new { A = 1 };", "one.Equals(new { A = 1 })", "true")] // one type in all cells
    [InlineData("int L() => (from w in new[] { \"a\" } let n = w.Length select n * 3).Sum();", "(from w in new[] { \"a\" } let n = w.Length select n * 2).Sum()", "2")]
    [InlineData("var q = (from v in new[] { 1, 2 } let w = v * v select w + v).Sum(); IEnumerable<int> G() => from v in new[] { 1, 2 } let w = v * v select w + v; var q = 3;", "G().Sum()", "8", true)]
    [InlineData("var greet = (string name = \"you\") => \"hi \" + name;", "greet()", "hi you")]
    [InlineData("var many = (params int[] all) => all.Length;", "many(1, 2)", "2")]
    [InlineData("var n = 1; void F(ref int x) => x++; void F(out int x) => x = 50;", "F(ref n); n", "2", true)]
    [InlineData("int F(params int[] x) => x.Length; int F(int[] x) => 50;", "F(5, 6)", "2", true)]
    [InlineData("int F(int x, int y = 3) => x + y; int F(int x, int y) => 50;", "F(5)", "8", true)]
    [InlineData("int F(int count) => count; int F(int n) => 50;", "F(count: 1) + F(1)", "51", true)]
    [InlineData("int a() => 1; var a = 5;", "a + a()", "6", true)] // a call looks past what cannot be called
    [InlineData("Func<int> a = () => 1; var a = 5;", "a + a()", "6", true)]
    [InlineData("unsafe { } int[] numbers = [1, 2]; unsafe int* pointer = null;", "unsafe { numbers[0] += pointer == null ? 1 : 0; } numbers[0]", "2")]
    public void What_a_cell_declared_is_still_there(string code, string question, string answer, bool inCells = false)
    {
        using var session = Started();
        foreach (var cell in inCells ? code.Split("; ").Select(one => one + ";") : [code])
        {
            session.Run(cell);
            Assert.Null(session.Error);
            Fill(session, 10);
        }

        Assert.Equal([$"result:{answer}"], session.Run(question));
    }

    [Fact]
    public void What_goes_on_after_its_cell_changes_the_variable_that_cells_see()
    {
        using var session = Started();
        session.Run("var n = 0; var go = new TaskCompletionSource();");
        session.Run("_ = Task.Run(async () => { await go.Task; n = 5; go = null; });");
        Fill(session, 10);
        session.Run("go.SetResult(); for (var i = 0; i < 500 && go is not null; i++) { await Task.Delay(10); }");
        Assert.Equal(["result:5"], session.Run("n"));
    }

    /// <summary>Code that has not run yet still needs what it names.</summary>
    [Theory]
    [InlineData("class P { public int W => 8; } int H() => k;", "later.Add(() => new P().W);", "class P { } int H() => 2;", "8")]
    [InlineData("enum E { A, B = 8 } int H() => k;", "later.Add(() => (int)E.B);", "enum E { } int H() => 2;", "8")]
    [InlineData("class Q { public const int V = 8; } class P { public override string ToString() => $\"{Q.V}\"; }", "var keep = new P(); later.Add(() => int.Parse($\"{keep}\"));", "class P { } class Q { }", "8")]
    [InlineData("class FooAttribute : Attribute { } int H() => k;", "[Foo] class X { } later.Add(() => typeof(X).GetCustomAttributes(false).Length);", "class FooAttribute : Attribute { } int H() => 2;", "1")]
    public void What_runs_later_finds_what_it_names(string declared, string used, string again, string answer)
    {
        using var session = Started();
        session.Run("var k = 1; var later = new List<Func<int>>();");
        foreach (var cell in (string[])[declared, used, again])
        {
            session.Run(cell);
            Assert.Null(session.Error);
            Fill(session, 10);
        }

        for (var i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal([$"result:{answer}"], session.Run("later[0]()"));
    }

    [Fact]
    public void A_loaded_file_may_be_gone()
    {
        using var session = Started();
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "int FromFile(int x) => x + 1;");
        session.Run("var before = 1;");
        session.Run($"#load \"{file}\"");
        File.Delete(file);
        Fill(session, 10);
        Assert.Equal(["result:2"], session.Run("FromFile(before)"));
    }

    [Fact]
    public void Tracebacks_and_completion_know_the_cells()
    {
        using var session = Started();
        session.Run("var zero = 0;");
        session.Run("int Fails(int x)\n    => x / zero;");
        Fill(session, 10);
        session.Run("Fails(1)");
        Assert.Contains(session.Error!.Traceback, line => line.Contains("cell 3, line 2, in Fails: => x / zero;", StringComparison.Ordinal));
        Assert.Contains("zero", session.Engine.Complete("zer", 3).Names);
        Fill(session, 10);
        Assert.Contains("Fails", session.Engine.Complete("Fai", 3).Names);
        Assert.Contains("int", session.Engine.Explain("fill3", 2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Few_of_many_cells_are_remembered()
    {
        var session = new ScriptSession(few: 10);
        async Task<int> AfterAsync(int count, Func<int, string> code)
        {
            for (var i = 0; i < count; i++)
            {
                await RunAsync(session, code(i));
            }

            return session.Cells.Count;
        }

        Assert.InRange(await AfterAsync(45, i => $"var x{i} = {i};"), 1, 15);
        await RunAsync(session, "#pragma warning disable SYSLIB5006\nvar cannotMove = System.Security.Cryptography.SlhDsaAlgorithm.SlhDsaSha2_128s;");
        Assert.InRange(await AfterAsync(45, i => $"var y{i} = {i};"), 1, 15);
        Assert.InRange(await AfterAsync(45, i => $"int F(int x) => x + {i};"), 1, 25);
        Assert.InRange(await AfterAsync(45, i => $"record R(int A{i});"), 1, 25);
        var functions = session.Cells.Count;
        Assert.InRange(await AfterAsync(45, i => $"int F{i}(int x) => x;"), functions + 35, functions + 45); // each can still be called
    }

    [Fact]
    public async Task Code_and_compilation_of_a_forgotten_cell_are_unloaded()
    {
        var session = new ScriptSession(few: 4);
        await RunAsync(session, "using System.Text;");
        var first = await FirstAsync(session);
        await RunAsync(session, "int Stays() => 1;"); // compiled after it
        for (var i = 0; i < 12; i++)
        {
            await RunAsync(session, $"var x = {i}; Func<int> f = () => x;");
        }

        for (var i = 0; i < 10 && first.Any(one => one.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal([false, false], first.Select(one => one.IsAlive));
        Assert.Contains(session.Cells, cell => cell.Code.Contains("Stays", StringComparison.Ordinal));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference[]> FirstAsync(ScriptSession session)
    {
        await RunAsync(session, "var x = 0; Func<int> f = () => x;");
        return [new(session.Cells[^1].Variables!.GetType().Assembly), new(session.Cells[^1].Compilation)];
    }

    /// <summary>What brings references, as the first cell does, is never forgotten: it declares nothing here.</summary>
    private static Session Started()
    {
        var session = new Session(few: 3);
        session.Run("using System.Text;");
        return session;
    }

    private static void Fill(Session session, int cells)
    {
        for (var i = 0; i < cells; i++)
        {
            session.Run(string.Create(CultureInfo.InvariantCulture, $"var fill{i} = {i};"));
        }
    }

    private static async Task RunAsync(ScriptSession session, string code)
    {
        var made = session.Compile(code, "cell 1", withChecks: true);
        Assert.Empty(made.Errors);
        if ((await session.RunAsync(made, code, keep: true)).Stays is { } cell)
        {
            session.Keep(cell);
        }
    }

    private static string Shown(Session session, string code) => CellClass().Replace(string.Join('\n', session.Run(code)), "Cell#");

    [GeneratedRegex(@"Cell#\d+")]
    private static partial Regex CellClass();
}
