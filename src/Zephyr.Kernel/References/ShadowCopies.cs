namespace Zephyr.Kernel.References;

/// <summary>
/// Copies of referenced assemblies, from which this process loads, so that the project behind them can be built again meanwhile. One folder
/// of the process for each folder referenced: assemblies and symbols are copied as they are asked for; all else (native libraries above
/// all, which may be hundreds of megabytes) is there as links to where it lies, for code that looks beside its own assembly.
/// </summary>
internal static class ShadowCopies
{
    /// <summary>The name under which code that wants to know finds where its assembly lay: this, followed by the path of the copy, in <see cref="AppContext.GetData"/>.</summary>
    public const string OriginOf = "ShadowCopyOf:";

    private static readonly Lazy<string> Root = new(ProcessFolder.Make);
    private static readonly Dictionary<string, string?> Folders = new(StringComparer.Ordinal); // source -> copy; null where it cannot be made

    /// <summary>Why a folder is used where it lies: this system makes no links. Null where all is well.</summary>
    public static string? Fault { get; private set; }

    /// <summary>Copies an assembly with its symbols.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <returns>The copy; the file itself where no copy can be made.</returns>
    /// <exception cref="IOException">The file cannot be read, or the disk is full.</exception>
    public static string Of(string path)
    {
        var source = Path.GetDirectoryName(path)!;
        if (!Folders.TryGetValue(source, out var folder))
        {
            Folders[source] = folder = Link(source);
        }

        if (folder is null)
        {
            return path;
        }

        var copy = Copy(path, folder);
        if (Path.ChangeExtension(path, ".pdb") is var symbols && File.Exists(symbols))
        {
            Copy(symbols, folder);
        }

        AppContext.SetData(OriginOf + copy, path);
        return copy;
    }

    private static string Copy(string path, string folder)
    {
        var copy = Path.Combine(folder, Path.GetFileName(path));
        File.Delete(copy); // a link, where it was not known for an assembly
        File.Copy(path, copy);
        return copy;
    }

    private static string? Link(string source)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root.Value, $"{Folders.Count}")).FullName;
        try
        {
            foreach (var entry in new DirectoryInfo(source).EnumerateFileSystemInfos())
            {
                var link = Path.Combine(folder, entry.Name);
                _ = entry is DirectoryInfo ? Directory.CreateSymbolicLink(link, entry.FullName) : File.CreateSymbolicLink(link, entry.FullName);
            }

            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fault = $"{source} is used where it lies, because no links can be made ({exception.Message}): stop the kernel before you build it again.";
            return null;
        }
    }
}
