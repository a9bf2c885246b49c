using System.Text.Json.Nodes;
using Zephyr.Kernel.References;
using Zephyr.Kernel.Tests.Protocol;

namespace Zephyr.Kernel.Tests.References;

public sealed class ShadowTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shadow-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_project_can_be_built_again_and_the_reader_is_told_once_to_restart()
    {
        const string Code = "public static class Rebuilt { public static int Value => VALUE; }";
        var file = Library.Compile(_folder, "RebuiltOfTheTest", Code.Replace("VALUE", "1", StringComparison.Ordinal));
        using var session = new Session();
        Assert.Equal(["result:1"], session.Run($"#r \"{file}\"\nRebuilt.Value"));
        Library.Compile(_folder, "RebuiltOfTheTest", Code.Replace("VALUE", "20", StringComparison.Ordinal));
        var events = session.Run($"#r \"{file}\"\nRebuilt.Value");
        Assert.Equal("stderr:RebuiltOfTheTest.dll: built again since this kernel loaded it. Cells go on with the old build; restart the kernel to take the new one.\n", events[0]);
        Assert.Equal("result:1", events[1]);
        Assert.Equal(["result:1"], session.Run("Rebuilt.Value"));
    }

    [Fact]
    public void A_file_that_was_only_touched_is_no_news()
    {
        var file = Library.Compile(_folder, "TouchedOfTheTest", "public static class Touched { }");
        using var session = new Session();
        session.Run($"#r \"{file}\"");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(1));
        Assert.Empty(session.Run("var x = 1;"));
    }

    [Fact]
    public void Stack_traces_keep_the_lines_of_the_library()
    {
        var file = Library.Compile(_folder, "LinesOfShadow", "public static class Lines\n{\n    public static void Fail() =>\n        throw new System.NotSupportedException(\"here\");\n}");
        using var session = new Session();
        var events = session.Run($"#r \"{file}\"\ntry {{ Lines.Fail(); }} catch (NotSupportedException e) {{ Console.Write(e.StackTrace); }}");
        Assert.Contains("LinesOfShadow.cs:line 4", events[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Native_libraries_stay_where_they_are_and_are_found()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the native library that this test borrows is none on Windows");
        var native = Path.Combine(_folder, Library.NativeName("besideShadow"));
        File.Copy(Library.Native, native);
        var file = Library.Compile(_folder, "NativeOfShadow", """
            using System.Runtime.InteropServices;
            public static class Native { [DllImport("besideShadow", EntryPoint = "SystemNative_GetPid")] public static extern int Process(); }
            """);
        using var session = new Session();
        Assert.Equal([$"result:{Environment.ProcessId}"], session.Run($"#r \"{file}\"\nNative.Process()"));
        var copy = session.Run("typeof(Native).Assembly.Location")[0]["result:".Length..];
        Assert.NotEqual(file, copy);
        Assert.Equal(file, AppContext.GetData(ShadowCopies.OriginOf + copy));
        Assert.Equal(native, new FileInfo(Path.Combine(Path.GetDirectoryName(copy)!, Path.GetFileName(native))).LinkTarget);
    }

    [Fact]
    public void Folders_of_dead_processes_are_swept_and_those_of_living_ones_stay()
    {
        var kept = Directory.CreateDirectory(Path.Combine(_folder, "kept")).FullName;
        File.WriteAllText(Path.Combine(kept, "native"), "461 MB");
        var parent = Directory.CreateDirectory(Path.Combine(_folder, "parent")).FullName;
        var (dead, living) = (Path.Combine(parent, "1"), Path.Combine(parent, "2"));
        Directory.CreateSymbolicLink(Directory.CreateDirectory(dead).FullName + "/link", kept);
        Directory.CreateDirectory(living);
        File.WriteAllText(dead + ".lock", "");
        using (new FileStream(living + ".lock", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            ProcessFolder.Sweep(parent);
            Assert.Equal([living, living + ".lock"], Directory.GetFileSystemEntries(parent).Order(StringComparer.Ordinal));
        }

        Assert.True(File.Exists(Path.Combine(kept, "native")));
        ProcessFolder.Sweep(parent);
        Assert.Empty(Directory.GetFileSystemEntries(parent));
    }

    [Fact]
    public async Task A_kernel_takes_its_copies_away_and_those_of_a_killed_one()
    {
        var file = Library.Compile(_folder, "LeftOfShadow", "public static class Left { public static int Value => 3; }");
        var cache = Path.Combine(_folder, "cache");
        var copies = Path.Combine(cache, "zephyr-csharp", "shadow");
        using (var killed = new JupyterClient(("XDG_CACHE_HOME", cache)))
        {
            Assert.Equal("ok", (string?)killed.Execute($"#r \"{file}\"").Reply["status"]);
            killed.Process.Kill();
            await killed.Process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var left = Assert.Single(Directory.GetDirectories(copies));
        using var client = new JupyterClient(("XDG_CACHE_HOME", cache));
        Assert.Equal("ok", (string?)client.Execute($"#r \"{file}\"\nLeft.Value").Reply["status"]);
        Assert.NotEqual(left, Assert.Single(Directory.GetDirectories(copies)));
        client.ReplyOnControl(client.AskControl("shutdown_request", new JsonObject { ["restart"] = false }));
        await client.Process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(Directory.GetFileSystemEntries(copies));
    }
}
