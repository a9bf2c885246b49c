namespace Zephyr.Kernel.Commands;

/// <summary>Where Jupyter front ends look for kernels.</summary>
internal static class JupyterFolder
{
    /// <summary>The folder of the kernels of one user, or below a prefix.</summary>
    /// <param name="prefix">For example <c>/usr/local</c>; null for the user's own folder.</param>
    public static string Kernels(string? prefix) =>
        Path.Combine(prefix is null ? UserData() : Path.Combine(Path.GetFullPath(prefix), "share", "jupyter"), "kernels");

    private static string UserData()
    {
        if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } chosen)
        {
            return chosen;
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter");
        }

        if (OperatingSystem.IsMacOS())
        {
            return Path.Combine(home, "Library", "Jupyter");
        }

        var shared = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        return Path.Combine(string.IsNullOrEmpty(shared) ? Path.Combine(home, ".local", "share") : shared, "jupyter");
    }
}
