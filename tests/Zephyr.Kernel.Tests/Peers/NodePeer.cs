namespace Zephyr.Kernel.Tests.Peers;

/// <summary>Node with the packages that <c>environment/setup --peers</c> installs.</summary>
public sealed class NodePeer : InstalledKernel
{
    private static readonly string Modules = Path.Combine(Checkout.Root, "environment", "peers", "node_modules");

    /// <summary>Where the kernelspecs lie.</summary>
    public string Kernels => Path.Combine(JupyterPath, "kernels");

    /// <summary>Skips the test where node or one of its packages is missing, or cannot be loaded.</summary>
    public static void Require(string package)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Modules, package)), $"npm's {package} is not there: environment/setup --peers");
        Assert.SkipUnless(Version() is { } version && version >= 20, $"node 20 or later is not there: {package} needs it");
    }

    /// <summary>Runs a script that lies beside the tests.</summary>
    public (int ExitCode, string Output) Script(string name, params string[] arguments) =>
        Programs.Run("node", [Beside(name), .. arguments], [("NODE_PATH", Modules), .. Surroundings]);

    private static int? Version()
    {
        try
        {
            return int.Parse(Programs.Run("node", ["-p", "process.versions.node.split('.')[0]"]).Output, System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // there is no such program
        }
    }
}
