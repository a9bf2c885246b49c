namespace Zephyr.Checkpoints;

/// <summary>Files that appear whole or not at all: written beside their place, flushed to the disk, then renamed into it.</summary>
public static class AtomicFile
{
    /// <summary>Replaces or makes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its contents, once. If it throws, the old file stays.</param>
    public static void Write(string path, Action<Stream> write)
    {
        var beside = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
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
