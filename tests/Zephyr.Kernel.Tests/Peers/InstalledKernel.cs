namespace Zephyr.Kernel.Tests.Peers;

/// <summary>A kernelspec below a folder of the test, and the surroundings in which other programs find it and nothing of who runs the tests.</summary>
public abstract class InstalledKernel : IDisposable
{
    protected InstalledKernel()
    {
        Folder = Directory.CreateTempSubdirectory("jupyter-").FullName;
        Assert.Equal(0, Programs.Kernel("install", "--prefix", Folder).ExitCode);
    }

    /// <summary>A folder of this test.</summary>
    public string Folder { get; }

    private protected string JupyterPath => Path.Combine(Folder, "share", "jupyter");

    private protected (string Name, string Value)[] Surroundings =>
    [
        ("JUPYTER_PATH", JupyterPath),
        ("JUPYTER_PLATFORM_DIRS", "1"),
        ("XDG_STATE_HOME", Path.Combine(Folder, "state")),
    ];

    /// <summary>The same for programs that keep files in the home of a user.</summary>
    public IEnumerable<(string Name, string Value)> Home => [.. Surroundings, ("HOME", Folder), ("JUPYTER_RUNTIME_DIR", Path.Combine(Folder, "runtime"))];

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static string Beside(string script) => Path.Combine(AppContext.BaseDirectory, "Peers", script);
}
