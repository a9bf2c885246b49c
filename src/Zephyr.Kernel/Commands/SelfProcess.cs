using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zephyr.Kernel.Commands;

/// <summary>How this program is started once more.</summary>
internal static class SelfProcess
{
    /// <summary>The program to start and its first words, all with absolute paths.</summary>
    public static IReadOnlyList<string> Command { get; } = [DotnetPath(), typeof(SelfProcess).Assembly.Location];

    /// <summary>Runs a command of this program in a process of its own, on the same console.</summary>
    /// <returns>Its exit code.</returns>
    public static int Run(IEnumerable<string> words)
    {
        var start = new ProcessStartInfo(Command[0], [.. Command.Skip(1), .. words]) { UseShellExecute = false };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"Could not start {Command[0]}.");
        process.WaitForExit();
        return process.ExitCode;
    }

    private static string DotnetPath()
    {
        var runtime = RuntimeEnvironment.GetRuntimeDirectory(); // ROOT/shared/Microsoft.NETCore.App/VERSION/
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        return Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", name));
    }
}
