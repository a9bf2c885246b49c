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
            Allowed("create folder", path, () => Directory.CreateDirectory(path));
            FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path)));
        }
    }

    /// <summary>A new, empty file in place of any old one; flushing the stream flushes to the disk.</summary>
    public static Stream Create(string path) => Allowed("create", path, () => new DurableStream(path));

    /// <summary>Adds text at the end of a file, which is made where there is none; all of it or, on an error, nothing. Not flushed: a power cut may take the last lines.</summary>
    public static void Append(string path, string text)
    {
        using var file = Allowed("append to", path, () => new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0));
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
        using var file = Allowed("flush", path, () => new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Deletes a file.</summary>
    public static void DeleteFile(string path) => Allowed("delete", path, () => File.Delete(path));

    /// <summary>Renames a file, over another one if there is one.</summary>
    public static void MoveFile(string from, string to)
    {
        Allowed("rename", to, () => File.Move(from, to, overwrite: true));
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(to)));
    }

    /// <summary>Renames a folder.</summary>
    public static void MoveFolder(string from, string to)
    {
        Allowed("rename", to, () => Directory.Move(from, to));
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

        Allowed("delete", path, () => Directory.Delete(path));
    }

    /// <summary>A change, announced; where the file system does not allow it, an error that says so and what to do.</summary>
    private static T Allowed<T>(string change, string path, Func<T> make)
    {
        Before(change, path);
        try
        {
            return make();
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"This process may not {change} {path}: {error.Message} Nothing that was there is lost. Give {Environment.UserName} the right to write in that folder, or choose another one.", error);
        }
    }

    private static void Allowed(string change, string path, Action make) => Allowed(change, path, () =>
    {
        make();
        return true;
    });

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
