using System.Diagnostics;
using Zephyr.Kernel.Commands;

namespace Zephyr.Kernel.Tests.Peers;

/// <summary>The system's Python with its Jupyter packages, and a kernelspec installed for it below a folder of the test.</summary>
public sealed class PythonPeer : IDisposable
{
    private const string Python = "/usr/bin/python3"; // the distribution's own: another one does not see its packages

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public PythonPeer()
    {
        Folder = Directory.CreateTempSubdirectory("jupyter-").FullName;
        Assert.Equal(0, Run(SelfProcess.Command[0], [.. SelfProcess.Command.Skip(1), "install", "--prefix", Folder]).ExitCode);
    }

    /// <summary>A folder of this test.</summary>
    public string Folder { get; }

    /// <summary>Skips the test where a package is missing.</summary>
    public static void Require(string module)
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not there");
        Assert.SkipUnless(Run(Python, ["-c", $"import {module}"]).ExitCode == 0, $"{Python} has no {module}: apt-get install python3-{module.Replace('_', '-')}");
    }

    /// <summary>Runs a script that lies beside the tests.</summary>
    public (int ExitCode, string Output) Script(string name, params string[] arguments) =>
        Run(Python, [Path.Combine(AppContext.BaseDirectory, "Peers", name), .. arguments], ("JUPYTER_PATH", Path.Combine(Folder, "share", "jupyter")), ("JUPYTER_PLATFORM_DIRS", "1"), ("XDG_STATE_HOME", Path.Combine(Folder, "state")));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static (int ExitCode, string Output) Run(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
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
