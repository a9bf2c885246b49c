namespace Zephyr.Files;

/// <summary>Files that appear whole or not at all: written beside their place, flushed to the disk, then renamed into it.</summary>
public static class AtomicFile
{
    /// <summary>Replaces or makes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its contents, once. If it throws, the old file stays.</param>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written to; the old file is as it was.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var beside = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var file = Disk.Create(beside))
            {
                write(file);
                file.Flush();
            }

            Disk.MoveFile(beside, path);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>Replaces or makes a file of text, in UTF-8.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Its contents.</param>
    public static void Write(string path, string text) => Write(path, file => file.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
