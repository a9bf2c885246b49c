namespace Zephyr.Kernel.References;

/// <summary>The folder below the user's cache that belongs to this kernel.</summary>
internal static class UserCache
{
    /// <summary>A folder in it, made if need be; below the temporary folder where the user's own cannot be written.</summary>
    public static string Folder(string name)
    {
        try
        {
            return Directory.CreateDirectory(Path.Combine(Root(), "zephyr-csharp", name)).FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"zephyr-csharp-{Environment.UserName}", name)).FullName;
        }
    }

    private static string Root()
    {
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } chosen)
        {
            return chosen;
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : home.Length > 0 ? Path.Combine(home, ".cache") : Path.GetTempPath();
    }
}
