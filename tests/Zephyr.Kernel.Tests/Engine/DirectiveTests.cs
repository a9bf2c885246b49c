using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Tests.Engine;

public sealed class DirectiveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("directives-").FullName;
    private readonly string _before = Directory.GetCurrentDirectory();

    public DirectiveTests() => Directory.SetCurrentDirectory(_folder);

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_loaded_file_is_part_of_the_cell_and_finds_its_own_neighbours()
    {
        Directory.CreateDirectory("inner");
        var library = Library.Compile(Path.GetFullPath("inner"), "BesideOfTheTest", "public static class Beside { public static int Value => 5; }");
        File.WriteAllText("helper.csx", "#load \"inner/deeper.csx\"\nint Twice(int x) => 2 * Deep(x);");
        File.WriteAllText("inner/deeper.csx", $"#r \"{Path.GetFileName(library)}\"\r\nint Deep(int x)\r\n{{\r\n    if (x < 0) throw new ArgumentException(\"low\");\r\n    return x + Beside.Value;\r\n}}");
        using var session = new Session();
        Assert.Equal(["result:12"], session.Run("#load \"helper.csx\"\nTwice(1)"));
        Assert.Equal(["result:14"], session.Run("Twice(2)"));
        Assert.Contains("Twice", session.Engine.Complete("Twi", 3).Names);
        session.Run("\nTwice(-1)");
        Assert.Equal(
            ["ArgumentException: low", "   deeper.csx, line 4, in Deep: if (x < 0) throw new ArgumentException(\"low\");", "   helper.csx, line 2, in Twice: int Twice(int x) => 2 * Deep(x);", "   cell 3, line 2: Twice(-1)"],
            session.Error!.Traceback);
    }

    [Fact]
    public void An_error_in_a_loaded_file_names_the_file()
    {
        File.WriteAllText("broken.csx", "var fine = 1;\nvar broken = nowhere;");
        using var session = new Session();
        session.Run("#load \"broken.csx\"");
        Assert.Equal("broken.csx, line 2, column 14: CS0103 The name 'nowhere' does not exist in the current context", session.Error!.Message);
        Assert.Contains("      var broken = nowhere;", session.Error.Traceback);
        Assert.Null(session.Error.Line);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named_in_full()
    {
        using var session = new Session();
        session.Run("\n#load \"nothing.csx\"");
        Assert.Equal(("FileNotFoundException", 2), (session.Error!.Name, session.Error.Line));
        Assert.Contains(Path.GetFullPath("nothing.csx"), session.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_timed_cell_prints_its_time_after_its_result_and_also_after_an_error()
    {
        using var session = new Session();
        var events = session.Run("#!time\nawait Task.Delay(50);\n7");
        Assert.Equal("result:7", events[0]);
        Assert.Matches(@"^stdout:Wall time: \d\d(\.\d)? ms\n$|^stdout:Wall time: \d+ ms\n$", events[1]);
        Assert.Equal(2, events.Count);
        events = session.Run("\n#!time\nint.Parse(\"x\")");
        Assert.Equal("error:FormatException", events[0]);
        Assert.StartsWith("stdout:Wall time: ", events[1], StringComparison.Ordinal);
        Assert.Equal(3, session.Error!.Line);
    }

    [Fact]
    public void Another_word_at_the_head_is_refused()
    {
        using var session = new Session();
        session.Run("#!pwsh\nls");
        Assert.Equal("There is no #!pwsh here; at the head of a cell there is #!time.", session.Error!.Message);
    }

    [Theory]
    [InlineData(0.0004, "0.40 ms")]
    [InlineData(0.0123, "12.3 ms")]
    [InlineData(0.9994, "999 ms")]
    [InlineData(0.9996, "1.00 s")]
    [InlineData(59.94, "59.9 s")]
    [InlineData(123.4, "2 min 3 s")]
    public void Times_have_three_figures(double seconds, string text) => Assert.Equal(text, WallTime.Text(TimeSpan.FromSeconds(seconds)));
}
