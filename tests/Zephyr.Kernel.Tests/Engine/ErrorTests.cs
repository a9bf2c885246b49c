namespace Zephyr.Kernel.Tests.Engine;

public class ErrorTests
{
    [Fact]
    public void A_compile_error_names_line_and_column_and_quotes_the_line()
    {
        using var session = new Session();
        session.Run("var fine = 1;\nvar broken = fine + nowhere;");
        Assert.Equal("CompilationError", session.Error!.Name);
        Assert.Equal("line 2, column 21: CS0103 The name 'nowhere' does not exist in the current context", session.Error.Message);
        Assert.Equal(2, session.Error.Line);
        Assert.Contains("      var broken = fine + nowhere;", session.Error.Traceback);
        Assert.Contains("      " + new string(' ', 20) + "^", session.Error.Traceback);
    }

    [Fact]
    public void A_cell_that_does_not_compile_changes_nothing()
    {
        using var session = new Session();
        session.Run("var x = 1;");
        session.Run("x = 2; nonsense");
        Assert.Equal(["result:1"], session.Run("x"));
    }

    [Fact]
    public void An_exception_names_the_places_in_cells_innermost_first()
    {
        using var session = new Session();
        session.Run("\nint Fail(int x)\n{\n    if (x > 0) throw new InvalidOperationException(\"deep\");\n    return x;\n}");
        session.Run("var a = 1;\n\nFail(a);");
        Assert.Equal("InvalidOperationException", session.Error!.Name);
        Assert.Equal("deep", session.Error.Message);
        Assert.Equal(3, session.Error.Line);
        Assert.Equal(
            [
                "InvalidOperationException: deep",
                "   cell 1, line 4, in Fail: if (x > 0) throw new InvalidOperationException(\"deep\");",
                "   cell 2, line 3: Fail(a);",
            ],
            session.Error.Traceback);
    }

    [Theory]
    [InlineData("class Box(string t)\n{\n    public int Value => int.Parse(t);\n}", "new Box(\"x\").Value", "cell 1, line 3, in get_Value: public int Value => int.Parse(t);")]
    [InlineData("class Box(string t)\n{\n    public int Value { get { return int.Parse(t); } }\n}", "new Box(\"x\").Value", "cell 1, line 3, in get_Value")]
    [InlineData("class Box\n{\n    public Box(string t) => int.Parse(t);\n}", "new Box(\"x\")", "cell 1, line 3")]
    [InlineData("class Box\n{\n    public static int operator !(Box b) => int.Parse(\"x\");\n}", "!new Box()", "cell 1, line 3, in op_LogicalNot")]
    [InlineData("\n[Obsolete]\nint F(string s) => int.Parse(s);", "F(\"x\")", "cell 1, line 3, in F: int F(string s) => int.Parse(s);")]
    public void A_function_of_one_line_has_its_place_too(string declaration, string call, string place)
    {
        using var session = new Session();
        session.Run(declaration);
        session.Run(call);
        Assert.Contains(session.Error!.Traceback, line => line.Contains(place, StringComparison.Ordinal));
        session.Run("{\n    int H(string s) => int.Parse(s);\n    H(\"x\");\n}");
        Assert.Contains(session.Error!.Traceback, line => line.Contains("cell 3, line 2", StringComparison.Ordinal));
    }

    [Fact]
    public void An_exception_after_an_await_names_its_line()
    {
        using var session = new Session();
        session.Run("await Task.Yield();\nawait Later();\nasync Task Later()\n{\n    await Task.Delay(1);\n    throw new FormatException(\"late\");\n}");
        Assert.Contains("   cell 1, line 6, in Later: throw new FormatException(\"late\");", session.Error!.Traceback);
        Assert.Contains("   cell 1, line 2: await Later();", session.Error.Traceback);
    }

    [Fact]
    public void An_exception_of_a_library_names_its_method_but_no_frames()
    {
        using var session = new Session();
        session.Run("\nint.Parse(\"x\")");
        Assert.Equal("FormatException", session.Error!.Name);
        Assert.Equal(2, session.Error.Line);
        Assert.Equal(3, session.Error.Traceback.Count);
        Assert.StartsWith("   thrown in System.", session.Error.Traceback[1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_assigned_before_the_exception_stays()
    {
        using var session = new Session();
        session.Run("var first = 1; var second = int.Parse(\"no\");");
        Assert.Equal(["result:(1, 0)"], session.Run("(first, second)"));
    }

    [Fact]
    public void A_value_that_cannot_be_shown_is_an_error_of_the_cell()
    {
        using var session = new Session();
        var events = session.Run("class Bad { public override string ToString() => throw new NotSupportedException(\"no text\"); }\nnew Bad()");
        Assert.Equal(["error:NotSupportedException"], events);
        Assert.Equal("no text", session.Error!.Message);
    }
}
