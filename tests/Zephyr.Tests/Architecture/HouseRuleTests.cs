using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Zephyr.Tests.Architecture;

/// <summary>Rules of the house that no compiler checks.</summary>
public partial class HouseRuleTests
{
    private static readonly string Root = GoldenFiles.RepositoryRoot;

    [Fact]
    public void No_source_file_is_longer_than_300_lines()
    {
        var tooLong = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: Path.GetRelativePath(Root, path), Lines: File.ReadLines(path).Count()))
            .Where(file => file.Lines > 300)
            .Select(file => $"{file.Path}: {file.Lines} lines");
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Nothing_is_left_for_later_in_the_sources()
    {
        var left = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(path => File.ReadLines(path).Select((line, index) => (Where: $"{Path.GetRelativePath(Root, path)}:{index + 1}", line)))
            .Where(row => LeftForLater().IsMatch(row.line))
            .Select(row => $"{row.Where}: {row.line.Trim()}");
        Assert.Empty(left);
    }

    [Theory]
    [InlineData("cpu", "libtorch-cpu-", "TorchSharp-cuda-")]
    [InlineData("cuda", "TorchSharp-cuda-", "libtorch-cpu-")]
    public async Task The_device_switch_chooses_the_native_package(string device, string wanted, string unwanted)
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "No CUDA package exists for macOS.");
        var packages = await Output("dotnet", $"msbuild src/Zephyr/Zephyr.csproj -getItem:PackageReference -p:TorchDevice={device}");
        Assert.Contains($"\"{wanted}", packages, StringComparison.Ordinal);
        Assert.DoesNotContain($"\"{unwanted}", packages, StringComparison.Ordinal);
    }

    private static async Task<string> Output(string program, string arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Root, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {arguments} ended with {process.ExitCode}: {output}");
        return output;
    }

    [GeneratedRegex(@"NotImplementedException|\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex LeftForLater();
}
