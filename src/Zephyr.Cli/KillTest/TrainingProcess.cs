using System.Diagnostics;

namespace Zephyr.Cli.KillTest;

/// <summary>This program once more, as a process of its own that can be killed.</summary>
internal sealed class TrainingProcess
{
    private const int Killed = 128 + 9;

    private readonly Process _process;
    private readonly Task<string> _errors;

    /// <summary>Starts it.</summary>
    /// <param name="words">The words of its command line.</param>
    public TrainingProcess(IReadOnlyList<string> words)
    {
        _process = new() { StartInfo = new("dotnet", [typeof(TrainingProcess).Assembly.Location, .. words]) { RedirectStandardOutput = true, RedirectStandardError = true } };
        _process.Start();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Waits for the first step to begin, then some time, then kills.</summary>
    public void KillAfter(int milliseconds)
    {
        if (_process.StandardOutput.ReadLine() != SmallRun.Begins)
        {
            return;
        }

        if (!_process.WaitForExit(milliseconds))
        {
            _process.Kill();
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The hashes of the final weights and the step log; null for a process that was killed before.</returns>
    /// <exception cref="InvalidOperationException">It ended in an error of its own.</exception>
    public string? End()
    {
        var said = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        var hash = said.Split('\n').Where(line => line.StartsWith(SmallRun.Ends, StringComparison.Ordinal)).Select(line => line[(SmallRun.Ends.Length + 1)..]).FirstOrDefault();
        if (hash is null && _process.ExitCode is not Killed and var code && !(OperatingSystem.IsWindows() && code == -1))
        {
            throw new InvalidOperationException($"A training process ended with code {code}: {_errors.Result}");
        }

        _process.Dispose();
        return hash;
    }
}
