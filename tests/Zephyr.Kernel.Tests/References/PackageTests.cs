using System.Runtime.InteropServices;
using Zephyr.Kernel.References;

namespace Zephyr.Kernel.Tests.References;

/// <summary>Packages of a feed of the test's own, restored by the real SDK. Names are new in each run: nothing is found in a cache.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("packages-").FullName;
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private readonly Feed _feed;

    public PackageTests()
    {
        _feed = new Feed(_folder);
        Directory.SetCurrentDirectory(_folder);
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_package_comes_with_its_dependencies_and_its_native_library()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the native library that this test borrows is none on Windows");
        Add("Inner", "1.0.0", "public static class Inner { public static int Two => 2; }");
        Add("Outer", "1.1.0",
            $$"""
            using System.Runtime.InteropServices;
            public static class Outer
            {
                public static int Three => Inner.Two + 1;
                [DllImport("borrowed{{_run}}", EntryPoint = "SystemNative_GetPid")] public static extern int Process();
            }
            """,
            [($"runtimes/{RuntimeInformation.RuntimeIdentifier}/native/{Library.NativeName("borrowed" + _run)}", Library.Native)], "Inner");
        using var session = new Session();
        Assert.Equal(["result:3"], session.Run($"#r \"nuget: {Id("Outer")}, 1.1.0\"\nOuter.Three"));
        Assert.Equal([$"result:{Environment.ProcessId}"], session.Run("Outer.Process()"));
        Assert.Equal(["result:2"], session.Run("Inner.Two"));
        Assert.Equal(["result:3"], session.Run($"#r \"nuget: {Id("Outer")}, 1.1.0\"\nOuter.Three")); // once more: nothing to do
        session.Run($"#r \"nuget: {Id("Outer")}, 1.2.0\"");
        Assert.Contains("1.1.0", session.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("1.2.0", session.Error.Message, StringComparison.Ordinal);

        Directory.Delete(Path.Combine(_folder, "feed"), recursive: true); // no feed any more, and a new session
        using var later = new Session();
        Assert.Equal(["result:3"], later.Run($"#r \"nuget: {Id("Outer")}, 1.1.0\"\nOuter.Three"));
    }

    [Fact]
    public void A_package_that_needs_another_version_of_a_loaded_one_is_refused_whole_and_both_are_named()
    {
        Add("Base", "1.0.0", "public class Base { }");
        Add("Base", "1.5.0", "public class Base { }");
        Add("Wants", "1.0.0", "public class Wants : Base { }", [], "Base", "1.5.0");
        using var session = new Session();
        Assert.Equal(["result:Base"], session.Run($"#r \"nuget: {Id("Base")}, 1.0.0\"\ntypeof(Base)"));
        session.Run($"\n#r \"nuget: {Id("Wants")}, 1.0.0\"\ntypeof(Wants)");
        Assert.Equal(2, session.Error!.Line);
        Assert.Contains(Id("Base"), session.Error.Message, StringComparison.Ordinal);
        Assert.Contains("1.0.0", session.Error.Message, StringComparison.Ordinal);
        Assert.Contains("1.5.0", session.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), a => a.GetName().Name == Id("Wants"));
        Assert.Equal(["result:Base"], session.Run("typeof(Base)"));
    }

    [Fact]
    public void An_assembly_that_a_file_brought_in_another_build_stops_the_package()
    {
        var file = Library.Compile(Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName, Id("Both"), "[assembly: System.Reflection.AssemblyVersion(\"3.0.0.0\")] public class Both { }");
        Add("Both", "4.0.0", "[assembly: System.Reflection.AssemblyVersion(\"4.0.0.0\")] public class Both { }");
        using var session = new Session();
        session.Run($"#r \"{file}\"");
        session.Run($"#r \"nuget: {Id("Both")}, 4.0.0\"");
        Assert.Contains("3.0.0.0", session.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("4.0.0.0", session.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_that_cannot_be_had_gives_the_reason_of_the_SDK()
    {
        Add("There", "2.0.0", "public class There { }");
        using var session = new Session();
        session.Run($"#r \"nuget: {Id("There")}, 2.5.0\"");
        Assert.Contains($"NU1102: Unable to find package {Id("There")} with version (= 2.5.0)", session.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("Nearest version: 2.0.0", session.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupt_ends_the_SDK_and_a_range_takes_the_newest_afterwards()
    {
        Add("Slow", "1.0.0", "public class Slow { }");
        Add("Slow", "1.7.0", "public class Slow { public static int Minor => 7; }");
        using var session = new Session();
        var run = Task.Run(() => session.Run($"#r \"nuget: {Id("Slow")}, 1.*\""));
        await Task.Delay(700, TestContext.Current.CancellationToken); // the SDK takes more than a second
        await session.Engine.InterruptAsync();
        Assert.Equal(["error:KeyboardInterrupt"], await run.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.Equal(["result:7"], session.Run($"#r \"nuget: {Id("Slow")}, 1.*\"\nSlow.Minor"));
        Assert.Equal(["result:7"], session.Run($"#r \"nuget: {Id("Slow")}, 1.*\"\nSlow.Minor"));
    }

    [Theory]
    [InlineData("nuget: Some.Package, 1.0.0-beta.1", "Some.Package", "1.0.0-beta.1", "[1.0.0-beta.1]")]
    [InlineData("nuget:Some.Package", "Some.Package", "*", "*")]
    [InlineData("NuGet: A , [1.0, 2.0)", "A", "[1.0, 2.0)", "[1.0, 2.0)")]
    public void A_request_is_read_as_written(string text, string id, string version, string range)
    {
        var request = PackageRequest.Parse(text);
        Assert.Equal((id, version, range), (request.Id, request.Version, request.Range));
    }

    [Theory]
    [InlineData("nuget: ")]
    [InlineData("nuget: A; B")]
    [InlineData("nuget: A, 1.0\" /><Evil x=\"")]
    public void A_request_that_is_none_shows_how_it_is_written(string text) =>
        Assert.Contains("Humanizer.Core, 2.14.1", Assert.Throws<FormatException>(() => PackageRequest.Parse(text)).Message, StringComparison.Ordinal);

    private string Id(string name) => $"{name}.Of.{_run}";

    private void Add(string name, string version, string code, IEnumerable<(string, string)>? more = null, string? needs = null, string least = "1.0.0")
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "built", version)).FullName;
        string[] references = needs is null ? [] : [Path.Combine(_folder, "built", least, Id(needs) + ".dll")];
        var file = Library.Compile(folder, Id(name), code, references);
        (string, string)[] dependencies = needs is null ? [] : [(Id(needs), least)];
        _feed.Add(Id(name), version, [($"lib/net8.0/{Id(name)}.dll", file), .. more ?? []], dependencies);
    }
}
