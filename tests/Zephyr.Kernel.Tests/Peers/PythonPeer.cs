namespace Zephyr.Kernel.Tests.Peers;

/// <summary>The system's Python with its Jupyter packages.</summary>
public sealed class PythonPeer : InstalledKernel
{
    /// <summary>The distribution's own: another one does not see its packages.</summary>
    public const string Path = "/usr/bin/python3";

    /// <summary>Skips the test where a package is missing.</summary>
    public static void Require(string module, string? package = null)
    {
        Assert.SkipUnless(File.Exists(Path), $"{Path} is not there");
        Assert.SkipUnless(Programs.Run(Path, ["-c", $"import {module}"]).ExitCode == 0, $"{Path} has no {module}: apt-get install {package ?? $"python3-{module.Replace('_', '-')}"}");
    }

    /// <summary>Runs a script that lies beside the tests.</summary>
    public (int ExitCode, string Output) Script(string name, params string[] arguments) => Programs.Run(Path, [Beside(name), .. arguments], Surroundings);
}
