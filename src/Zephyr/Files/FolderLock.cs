namespace Zephyr.Files;

/// <summary>A folder taken for one writer, in this and any other process; free again when disposed, or when the process ends however it ends.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes a folder, which is made where there is none.</summary>
    /// <exception cref="IOException">Another writer has it, or it may not be written to.</exception>
    public static FolderLock Take(string folder)
    {
        Disk.CreateFolder(folder);
        try
        {
            return new(new(Path.Combine(folder, "run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception error) when (error is UnauthorizedAccessException || (error is IOException and not (DirectoryNotFoundException or PathTooLongException)))
        {
            throw new IOException($"{folder} cannot be taken for this run: {error.Message} If another run is writing there, stop it; if you have no right to write there, give this one another folder.", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
