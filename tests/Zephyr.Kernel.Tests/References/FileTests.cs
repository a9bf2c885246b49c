namespace Zephyr.Kernel.Tests.References;

public sealed class FileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("references-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_missing_file_says_which_command_builds_it()
    {
        using var session = new Session();
        session.Run("\n#r \"../artifacts/bin/Nothing/release/Nothing.dll\"\nvar x = 1;");
        Assert.Equal("FileNotFoundException", session.Error!.Name);
        Assert.Equal(2, session.Error.Line);
        Assert.Contains("#r \"../artifacts/bin/Nothing/release/Nothing.dll\"", session.Error.Message, StringComparison.Ordinal);
        Assert.Contains("dotnet build -c Release", session.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_lies_beside_a_referenced_file_needs_no_reference_of_its_own()
    {
        var inner = Library.Compile(_folder, "InnerOfTheTest", "namespace Inner; public record Point(int X); ");
        var outer = Library.Compile(_folder, "OuterOfTheTest", "namespace Outer; public static class Maker { public static Inner.Point Make(int x) => new(x); }", inner);
        using var session = new Session();
        Assert.Equal(["result:Point { X = 7 }"], session.Run($"#r \"{outer}\"\nusing Outer;\nMaker.Make(7)"));
        Assert.Equal(["result:8"], session.Run("new Inner.Point(8).X"));
    }

    [Fact]
    public void Lines_after_a_reference_keep_their_numbers()
    {
        var file = Library.Compile(_folder, "LinesOfTheTest", "public static class Lines { public static int One => 1; }");
        using var session = new Session();
        session.Run($"#r \"{file}\"\n\nLines.One + missing");
        Assert.Equal(3, session.Error!.Line);
    }

    [Fact]
    public void Another_build_of_a_loaded_assembly_is_refused_and_both_are_named()
    {
        var one = Library.Compile(_folder, "TwiceOfTheTest", "[assembly: System.Reflection.AssemblyVersion(\"1.2.0.0\")] public class Twice { }");
        var two = Library.Compile(Directory.CreateDirectory(Path.Combine(_folder, "two")).FullName, "TwiceOfTheTest", "[assembly: System.Reflection.AssemblyVersion(\"1.3.0.0\")] public class Twice { }");
        using var session = new Session();
        session.Run($"#r \"{one}\"\nvar x = new Twice();");
        Assert.Null(session.Error);
        session.Run($"#r \"{two}\"");
        Assert.Equal("InvalidOperationException", session.Error!.Name);
        Assert.Contains("1.2.0.0", session.Error.Message, StringComparison.Ordinal);
        Assert.Contains("1.3.0.0", session.Error.Message, StringComparison.Ordinal);
        Assert.Contains(one, session.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loaded_dependency_that_is_too_old_is_refused_before_anything_is_loaded()
    {
        var old = Library.Compile(_folder, "OldOfTheTest", "[assembly: System.Reflection.AssemblyVersion(\"1.0.0.0\")] public class Old { }");
        var other = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        var newer = Library.Compile(other, "OldOfTheTest", "[assembly: System.Reflection.AssemblyVersion(\"2.0.0.0\")] public class Old { }");
        var user = Library.Compile(other, "UserOfOldOfTheTest", "public class User : Old { }", newer);
        using var session = new Session();
        session.Run($"#r \"{old}\"");
        session.Run($"#r \"{user}\"");
        Assert.Contains("1.0.0.0", session.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("2.0.0.0", session.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), a => a.GetName().Name == "UserOfOldOfTheTest");
    }

    [Fact]
    public void A_file_that_holds_no_assembly_is_named()
    {
        var file = Path.Combine(_folder, "text.dll");
        File.WriteAllText(file, "text");
        using var session = new Session();
        session.Run($"\n#r \"{file}\"");
        Assert.Equal(("BadImageFormatException", 2), (session.Error!.Name, session.Error.Line));
    }

    [Fact]
    public void References_of_a_cell_that_fails_are_there_for_the_next()
    {
        var file = Library.Compile(_folder, "StaysOfTheTest", "public class Stays { }");
        using var session = new Session();
        session.Run($"#r \"{file}\"\n#r \"nothing.dll\"");
        Assert.Equal(2, session.Error!.Line);
        Assert.Equal(["result:Stays"], session.Run($"#r \"{file}\"\ntypeof(Stays)"));
    }
}
