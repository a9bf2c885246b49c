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

    [Fact]
    public void A_cell_may_call_what_an_earlier_one_declared_beside_its_own()
    {
        using var session = new Session();
        session.Run("var one = 100; int F(int x) => x + one;");
        session.Run("var two = 200; int F(string s) => F(s.Length) + two;");
        Assert.Equal(["result:303"], session.Run("F(\"abc\")"));
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
