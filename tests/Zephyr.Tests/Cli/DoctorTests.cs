using System.Text.Json;
using Zephyr.Cli.Doctor;

namespace Zephyr.Tests.Cli;

public sealed class DoctorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("zephyr-doctor-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Names_the_symbol_version_and_the_build_when_the_c_library_is_too_old()
    {
        // The words of glibc's loader on Debian 12 for the library as the package ships it.
        const string Said = "Unable to load shared library: /lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /x/libLibTorchSharp.so)";

        var finding = NativeLibraries.Explain("/x/libLibTorchSharp.so", Said);

        Assert.Equal(Verdict.Ill, finding.Verdict);
        Assert.Contains("GLIBCXX_3.4.32", finding.Words, StringComparison.Ordinal);
        Assert.Contains("that is not the cause", finding.Words, StringComparison.Ordinal);
        Assert.Contains("dotnet build", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Finds_the_fault_in_the_library_as_the_package_ships_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The version need exists on Linux only.");
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var shipped = Path.Combine(cache, "torchsharp", "0.107.0", "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        Assert.SkipUnless(File.Exists(shipped), $"{shipped} is not there.");
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory, "lib*.so*").Where(file => !file.EndsWith("libLibTorchSharp.so", StringComparison.Ordinal)))
        {
            File.CreateSymbolicLink(Path.Combine(_folder, Path.GetFileName(file)), file);
        }

        File.Copy(shipped, Path.Combine(_folder, "libLibTorchSharp.so"));
        var finding = NativeLibraries.Look(_folder);

        Assert.SkipWhen(finding.Verdict == Verdict.Well, "This system's libstdc++ is new enough for the library as shipped.");
        Assert.Contains("GLIBCXX_3.4.32", finding.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_which_library_is_missing()
    {
        var finding = NativeLibraries.Look(_folder);
        Assert.Equal(Verdict.Ill, finding.Verdict);
        Assert.Contains(_folder, finding.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void The_built_output_loads() => Assert.Equal(Verdict.Well, NativeLibraries.Look(AppContext.BaseDirectory).Verdict);

    [Fact]
    public void A_kernelspec_whose_program_is_gone_is_ill()
    {
        Install(Path.Combine(_folder, "gone", "Zephyr.Kernel"));
        var finding = Assert.Single(KernelSpecs.Look([_folder]));
        Assert.Equal(Verdict.Ill, finding.Verdict);
        Assert.Contains("gone", finding.Words, StringComparison.Ordinal);
        Assert.Contains("install", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernelspec_whose_program_is_there_is_well()
    {
        var program = Path.Combine(_folder, "Zephyr.Kernel");
        File.WriteAllText(program, "");
        Install(program);
        Assert.Equal(Verdict.Well, Assert.Single(KernelSpecs.Look([_folder])).Verdict);
    }

    [Fact]
    public void No_kernelspec_is_a_note_that_says_how_to_install()
    {
        var finding = Assert.Single(KernelSpecs.Look([_folder]));
        Assert.Equal(Verdict.Note, finding.Verdict);
        Assert.Contains("install", finding.Remedy, StringComparison.Ordinal);
    }

    private void Install(string program)
    {
        var kernel = Directory.CreateDirectory(Path.Combine(_folder, "kernels", KernelSpecs.Wanted));
        File.WriteAllText(Path.Combine(kernel.FullName, "kernel.json"), JsonSerializer.Serialize(new { argv = new[] { program, "start", "{connection_file}" } }));
    }
}
