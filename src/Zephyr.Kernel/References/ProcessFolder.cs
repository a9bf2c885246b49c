namespace Zephyr.Kernel.References;

/// <summary>A folder of this process below the user's cache. It goes when the process ends; what a killed one left goes when the next makes its own.</summary>
internal static class ProcessFolder
{
    private const string LockEnding = ".lock";

    /// <summary>Makes the folder. A file beside it, open as long as the process lives, tells others that it is in use.</summary>
    public static string Make() => Make(UserCache.Folder("shadow"));

    internal static string Make(string parent)
    {
        Sweep(parent);
        var folder = Path.Combine(parent, $"{Environment.ProcessId}-{Guid.NewGuid():N}");
        var held = new FileStream(folder + LockEnding, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        Directory.CreateDirectory(folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(folder, held);
        return folder;
    }

    /// <summary>Removes the folders of processes that are gone.</summary>
    internal static void Sweep(string parent)
    {
        foreach (var held in Directory.GetFiles(parent, "*" + LockEnding))
        {
            FileStream stream;
            try
            {
                stream = new FileStream(held, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                continue; // its process lives, or another has just swept it
            }

            Remove(held[..^LockEnding.Length], stream);
        }
    }

    private static void Remove(string folder, FileStream held)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true); // links go, not what they point to
            }

            held.Dispose();
            File.Delete(held.Name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            held.Dispose(); // Windows keeps loaded files: the next process that starts tries again
        }
    }
}
