namespace Zephyr.Kernel.Tests.Peers;

/// <summary>The system's Python with its Jupyter packages, and a kernelspec installed for it below a folder of the test.</summary>
public sealed class PythonPeer : IDisposable
{
    private const string Python = "/usr/bin/python3"; // the distribution's own: another one does not see its packages

    public PythonPeer()
    {
        Folder = Directory.CreateTempSubdirectory("jupyter-").FullName;
        Assert.Equal(0, Programs.Kernel("install", "--prefix", Folder).ExitCode);
    }

    /// <summary>A folder of this test.</summary>
    public string Folder { get; }

    /// <summary>Skips the test where a package is missing.</summary>
    public static void Require(string module)
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not there");
        Assert.SkipUnless(Programs.Run(Python, ["-c", $"import {module}"]).ExitCode == 0, $"{Python} has no {module}: apt-get install python3-{module.Replace('_', '-')}");
    }

    /// <summary>Runs a script that lies beside the tests.</summary>
    public (int ExitCode, string Output) Script(string name, params string[] arguments) =>
        Programs.Run(Python, [Path.Combine(AppContext.BaseDirectory, "Peers", name), .. arguments], ("JUPYTER_PATH", Path.Combine(Folder, "share", "jupyter")), ("JUPYTER_PLATFORM_DIRS", "1"), ("XDG_STATE_HOME", Path.Combine(Folder, "state")));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
