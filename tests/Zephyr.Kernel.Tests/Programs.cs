using System.Diagnostics;
using Zephyr.Kernel.Commands;

namespace Zephyr.Kernel.Tests;

/// <summary>Runs programs to their end.</summary>
internal static class Programs
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Runs a command of the kernel in a process of its own.</summary>
    public static (int ExitCode, string Output) Kernel(params string[] words) => Run(SelfProcess.Command[0], [.. SelfProcess.Command.Skip(1), .. words]);

    /// <summary>Runs a program; its output is what it wrote, then its complaints.</summary>
    public static (int ExitCode, string Output) Run(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name); // of the SDK that runs these tests, for an SDK that a test runs
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var texts = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!texts.Wait(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} took longer than {Patience}");
        }

        process.WaitForExit();
        return (process.ExitCode, string.Concat(texts.Result));
    }
}
