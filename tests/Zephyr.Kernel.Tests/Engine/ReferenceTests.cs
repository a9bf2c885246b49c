using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Zephyr.Kernel.Tests.Engine;

public sealed class ReferenceTests : IDisposable
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
    public void A_package_is_refused_with_the_way_to_go()
    {
        using var session = new Session();
        session.Run("#r \"nuget: Some.Package, 1.0.0\"");
        Assert.Equal("NotSupportedException", session.Error!.Name);
        Assert.Contains("build", session.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_lies_beside_a_referenced_file_needs_no_reference_of_its_own()
    {
        var inner = Compile("InnerOfTheTest", "namespace Inner; public record Point(int X); ");
        var outer = Compile("OuterOfTheTest", "namespace Outer; public static class Maker { public static Inner.Point Make(int x) => new(x); }", inner);
        using var session = new Session();
        Assert.Equal(["result:Point { X = 7 }"], session.Run($"#r \"{outer}\"\nusing Outer;\nMaker.Make(7)"));
        Assert.Equal(["result:8"], session.Run("new Inner.Point(8).X"));
    }

    [Fact]
    public void Lines_after_a_reference_keep_their_numbers()
    {
        var file = Compile("LinesOfTheTest", "public static class Lines { public static int One => 1; }");
        using var session = new Session();
        session.Run($"#r \"{file}\"\n\nLines.One + missing");
        Assert.Equal(3, session.Error!.Line);
    }

    private string Compile(string name, string code, params string[] references)
    {
        var path = Path.Combine(_folder, name + ".dll");
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(code)],
            [.. Directory.GetFiles(framework, "System.*.dll").Where(IsManaged).Select(f => MetadataReference.CreateFromFile(f)), .. references.Select(f => MetadataReference.CreateFromFile(f))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.True(compilation.Emit(path).Success);
        return path;
    }

    private static bool IsManaged(string path)
    {
        try
        {
            return AssemblyName.GetAssemblyName(path) is not null;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}
