using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Zephyr.Cli.Doctor;

/// <summary>Whether Torch's native half can be loaded, asked of the loader itself: TorchSharp's own message misleads.</summary>
public static partial class NativeLibraries
{
    private static readonly string[] LinuxOrder = ["libc10.so", "libtorch_cpu.so", "libtorch.so", "libLibTorchSharp.so"];
    private static readonly string[] WindowsOrder = ["c10.dll", "torch_cpu.dll", "torch.dll", "LibTorchSharp.dll"];
    private static readonly string[] MacOrder = ["libc10.dylib", "libtorch_cpu.dylib", "libtorch.dylib", "libLibTorchSharp.dylib"];

    /// <summary>Loads the natives of a folder in their order and says in words what is wrong with the first that fails.</summary>
    /// <param name="folder">Where they lie: the folder of the program.</param>
    /// <returns>One finding; never throws for a library that does not load.</returns>
    public static Finding Look(string folder)
    {
        var order = OperatingSystem.IsWindows() ? WindowsOrder : OperatingSystem.IsMacOS() ? MacOrder : LinuxOrder;
        foreach (var name in order)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                return new("native library", Verdict.Ill, $"{name} is not in {folder}.",
                    $"dotnet build -c Release   (for {RuntimeInformation.RuntimeIdentifier}; the package is chosen by operating system)");
            }

            try
            {
                NativeLibrary.Load(path);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                return Explain(path, error.Message);
            }
        }

        return new("native library", Verdict.Well, $"{order[^1]} and libtorch load from {folder}.");
    }

    /// <summary>Turns the loader's message about a library into words and a remedy.</summary>
    /// <param name="path">The library that did not load.</param>
    /// <param name="message">What the loader said.</param>
    public static Finding Explain(string path, string message)
    {
        var name = Path.GetFileName(path);
        if (VersionNeed().Match(message) is { Success: true } need)
        {
            return new("native library", Verdict.Ill,
                $"{name} asks for the symbol version {need.Groups[1].Value}, which this system's C++ library does not have (Debian 12 and Ubuntu 22.04 end at GLIBCXX_3.4.30). "
                + "TorchSharp would now say \"doesn't contain a reference to libtorch-cpu\": that is not the cause.",
                "dotnet build -c Release   (marks the unused requirement as weak in artifacts/; a file copied there by hand is not mended)");
        }

        if (message.Contains("invalid ELF header", StringComparison.Ordinal) || message.Contains("file too short", StringComparison.Ordinal))
        {
            return new("native library", Verdict.Ill, $"{path} is damaged ({new FileInfo(path).Length:N0} bytes).",
                "delete artifacts/ and the package's folder in the NuGet cache, then dotnet build -c Release");
        }

        return new("native library", Verdict.Ill, $"{name} does not load: {message.ReplaceLineEndings(" ").Trim()}",
            OperatingSystem.IsLinux() ? $"ldd {path}   (names what is missing)" : "reinstall the package and build again");
    }

    [GeneratedRegex(@"version `([A-Z]+_[0-9.]+)' not found")]
    private static partial Regex VersionNeed();
}
