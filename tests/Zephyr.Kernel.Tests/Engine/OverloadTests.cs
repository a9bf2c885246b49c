using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Tests.Engine;

/// <summary>Functions of one name in several cells: each is called with the variables of its own cell.</summary>
public class OverloadTests
{
    [Theory]
    [InlineData("F(1)", "101")]
    [InlineData("F(\"abc\")", "203")]
    [InlineData("F(1, 2)", "303")]
    [InlineData("F(2d)", "2")]
    [InlineData("Func<int, int> f = F; f(5)", "105")]
    [InlineData("F<char>('a', times: 3)", "409")]
    [InlineData("var n = 1; F(ref n, out var m); n + m", "505")]
    [InlineData("F(1) + F(\"abc\") + F(1, 2) + F('a')", "1013")]
    public void A_call_reaches_its_own_cell(string code, string result)
    {
        using var session = new Session();
        foreach (var cell in (string[])
            [
                "var one = 100; int F(int x) => x + one;",
                "var pad = \"\"; var two = 200;\nint F(string s)\n{\n    return s.Length + two;\n} // of texts",
                "var three = 300; async Task<int> FAsync(int x) => x + three; int F(int x, int y = 0) => FAsync(x).Result + y;",
                "var four = 400; int F<T>(T x, [System.Runtime.CompilerServices.CallerMemberName] string from = \"\", int times = 2) where T : struct => four + 3 * times;",
                "var five = 500; void F(ref int x, // a comment\n    out int y) { x += five; y = 4; }",
                "static double F(double x) => x;",
            ])
        {
            session.Run(cell);
            Assert.Null(session.Error);
        }

        Assert.Equal([$"result:{result}"], session.Run(code));
    }

    [Theory]
    [InlineData("string F(int count) => one;", "string F(int n) => \"\" + two;", "F(count: 1)", "one")]
    [InlineData("string F<T>(T x) where T : struct => \"struct \" + one;", "string F<T>(T x) where T : class => \"class \" + two;", "F(5)", "struct one")]
    [InlineData("string F(dynamic x) => \"any\"; string F(string x) => \"text\";", "string F(int x) => \"number\";", "object o = \"s\"; F(o)", "any")] // asks the compiler, once
    [InlineData("int F(Func<object, int> F) => F(1) + 1000;", "int F(string s) => 2;", "F(x => 5)", "1005")]
    [InlineData("const string A = \"x\"; string F(int n, string s = $\"{A}b\") => s;", "string F(string s) => s;", "F(1)", "xb")]
    [InlineData("string F(int n, string s = @\"a\nb\") => s;", "string F(string s) => s;", "F(1).Length", "3")]
    [InlineData("var n = 0; [System.Diagnostics.Conditional(\"NEVER\")] void F(int x) { } int Side() => n += 100;", "void F(string x) { }", "F(Side()); n", "0")]
    [InlineData("int F(int x) => x;", "int F(string x) => 3;", "Func<int, int> f = F; f.Method.Name", "F")]
    public void A_call_means_what_it_says(string first, string second, string code, string result)
    {
        using var session = new Session();
        foreach (var cell in (string[])["var one = \"one\"; var two = 2;", first, second])
        {
            session.Run(cell);
            Assert.Null(session.Error);
        }

        Assert.Equal([$"result:{result}"], session.Run(code));
    }

    /// <summary>A second name that does not compile would cost the cell its checks.</summary>
    [Theory]
    [InlineData("int F(int F) => F;")]
    [InlineData("[Obsolete(\"no\", true)] int F(int x) => x;")]
    [InlineData("[System.Diagnostics.CodeAnalysis.Experimental(\"X1\")] int F(int x) => x;")]
    [InlineData("int F(dynamic d, Span<int> s) => 1;")]
    [InlineData("int[] xs = [1]; ref int F(dynamic d) => ref xs[0];")]
    [InlineData("unsafe int F(dynamic d, int* p) => 1;")]
    [InlineData("int F(__arglist) => 1;")]
    [InlineData("int F([System.Diagnostics.CodeAnalysis.NotNull] string s, scoped ReadOnlySpan<int> t, ref readonly int r) => 1;")]
    public void Cells_compile_with_checks(string code) => Assert.Empty(new ScriptSession().Compile(code, "cell 1", withChecks: true).Errors);

    /// <summary>Each cell beside all before it.</summary>
    [Fact]
    public async Task Cells_compile_with_checks_whatever_was_declared_before()
    {
        var session = new ScriptSession();
        foreach (var code in (string[])["var n = 1;", "int F(int x) => x + n;", "int F(int x) => x - n;", "int F(int x) { return x * n; }", "T F<T>(T x) => x;", "T F<T>(T x) => x;", "int n() => 1;"])
        {
            var made = session.Compile(code, "cell 1", withChecks: true);
            Assert.Empty(made.Errors);
            session.Keep((await session.RunAsync(made, code, keep: true)).Stays!);
        }
    }

    [Fact]
    public void A_function_that_may_not_be_removed_is_not_silently_kept()
    {
        using var session = new Session();
        session.Run("var n = 0; Action<int> h = null; void F(int x) => n += x;");
        session.Run("h += F;");
        session.Run("void F(string s) { }");
        session.Run("h -= F; h is null");
        Assert.Contains("F is declared in several cells with different parameters", session.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_may_call_what_an_earlier_one_declared_beside_its_own()
    {
        using var session = new Session();
        session.Run("var one = 100; int F(int x) => x + one;");
        session.Run("var two = 200; int F(string s) => F(s.Length) + two;");
        Assert.Equal(["result:303"], session.Run("F(\"abc\")"));
    }

    [Fact]
    public void A_call_that_was_sent_ties_its_function_to_its_cell()
    {
        using var session = new Session();
        session.Run("var one = 100; int F(int x) => x + one;");
        session.Run("int F(string s) => 0; int G(string s) => F(s.Length);"); // names nothing else of its cell
        session.Run("var three = \"x\"; int G(int x) => x;");
        Assert.Equal(["result:103"], session.Run("G(\"abc\")"));
    }

    [Fact]
    public void A_traceback_names_a_function_once()
    {
        using var session = new Session();
        session.Run("var one = 0; int F(int x) => x / one;");
        session.Run("var two = 2; int F(string s) => two;");
        session.Run("F(1)");
        Assert.Equal(2, session.Error!.Traceback.Count(line => line.Contains("cell ", StringComparison.Ordinal)));
        Assert.Contains("   cell 1, line 1, in F: var one = 0; int F(int x) => x / one;", session.Error.Traceback);
    }

    [Fact]
    public void A_call_that_cannot_be_sent_is_refused()
    {
        using var session = new Session();
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "int FromFile() => F(1);");
        session.Run("var one = 100; int F(int x) => x + one;");
        session.Run("var two = 200; int F(string s) => two;");
        session.Run($"#load \"{file}\"");
        File.Delete(file);
        Assert.Contains("F is declared in several cells with different parameters", session.Error!.Message, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(file), session.Error.Message, StringComparison.Ordinal);
    }
}
