using System.Runtime.InteropServices;
using System.Text;

namespace Zephyr.Files;

/// <summary>
/// The changes that a checkpoint makes to a disk, each durable when it returns. A test that sets <see cref="Watcher"/> sees every one before it happens and
/// can fail it or end the process there.
/// </summary>
internal static partial class Disk
{
    private const int InvalidArgument = 22, NotSupported = 95;

    [ThreadStatic]
    private static Action<string>? _watcher;

    /// <summary>Told the name of every change that the calling thread is about to make; null as a rule.</summary>
    public static Action<string>? Watcher
    {
        get => _watcher;
        set => _watcher = value;
    }

    /// <summary>Makes a folder, and those above it, where there is none.</summary>
    public static void CreateFolder(string path)
    {
        if (!Directory.Exists(path))
        {
            Before("create folder", path);
            Directory.CreateDirectory(path);
            FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path)));
        }
    }

    /// <summary>A new, empty file in place of any old one; flushing the stream flushes to the disk.</summary>
    public static Stream Create(string path)
    {
        Before("create", path);
        return new DurableStream(path);
    }

    /// <summary>Adds text at the end of a file, which is made where there is none; all of it or, on an error, nothing. Not flushed: a power cut may take the last lines.</summary>
    public static void Append(string path, string text)
    {
        Before("append to", path);
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var length = file.Length;
        try
        {
            file.Position = length;
            file.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException)
        {
            file.SetLength(length);
            throw;
        }
    }

    /// <summary>Brings what was appended to a file to the disk.</summary>
    public static void Flush(string path)
    {
        Before("flush", path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Deletes a file.</summary>
    public static void DeleteFile(string path)
    {
        Before("delete", path);
        File.Delete(path);
    }

    /// <summary>Renames a file, over another one if there is one.</summary>
    public static void MoveFile(string from, string to)
    {
        Before("rename", to);
        File.Move(from, to, overwrite: true);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(to)));
    }

    /// <summary>Renames a folder.</summary>
    public static void MoveFolder(string from, string to)
    {
        Before("rename", to);
        Directory.Move(from, to);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(to)));
    }

    /// <summary>Deletes a folder and all in it, file by file.</summary>
    public static void DeleteFolder(string path)
    {
        foreach (var file in Directory.GetFiles(path))
        {
            DeleteFile(file);
        }

        foreach (var folder in Directory.GetDirectories(path))
        {
            DeleteFolder(folder);
        }

        Before("delete", path);
        Directory.Delete(path);
    }

    internal static void Before(string change, string path) => _watcher?.Invoke($"{change} {path}");

    // A rename is on the disk once its folder is. Windows' file system journals names by itself and cannot open a folder to flush it.
    private static void FlushFolder(string? folder)
    {
        if (OperatingSystem.IsWindows() || folder is null)
        {
            return;
        }

        var handle = Open(folder, 0);
        if (handle < 0)
        {
            throw new IOException($"{folder} could not be opened to flush it to the disk: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        var failed = FlushFile(handle) != 0 && Marshal.GetLastPInvokeError() is not (InvalidArgument or NotSupported); // file systems that cannot flush a folder
        var error = Marshal.GetLastPInvokeErrorMessage();
        _ = Close(handle);
        if (failed)
        {
            throw new IOException($"{folder} could not be flushed to the disk: {error}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushFile(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
