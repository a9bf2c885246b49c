namespace Zephyr.Notebooks;

/// <summary>Where the files of this repository lie, whatever folder a notebook runs in.</summary>
public static class Repository
{
    private const string Mark = "Zephyr.Notebooks.sln";

    /// <summary>The folder that holds <c>Zephyr.Notebooks.sln</c>: looked for upwards from the working directory, then from this library's own folder.</summary>
    /// <exception cref="DirectoryNotFoundException">Neither lies inside a clone of the repository.</exception>
    public static string Root => RootFrom(Environment.CurrentDirectory, AppContext.BaseDirectory, OwnFolder());

    /// <summary>The shipped rows and checkpoints.</summary>
    public static string Data => Path.Combine(Root, "data");

    /// <summary>What trainings leave behind; made if absent, never committed.</summary>
    public static string Runs => Directory.CreateDirectory(Path.Combine(Data, "runs")).FullName;

    /// <summary>The full path of a file that must exist.</summary>
    /// <param name="path">Relative to the root, with forward slashes: <c>data/pairs.jsonl</c>.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    public static string Find(string path)
    {
        var full = Path.GetFullPath(Path.Combine(Root, path));
        return Path.Exists(full) ? full : throw new FileNotFoundException($"{path} is not in {Root}. Is the clone complete? data/README.md says how each file is made.", full);
    }

    /// <summary>A path as a reader of the repository would write it.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>Where this library was built: a kernel may run a copy of it, and then leaves word where the copy is from.</summary>
    private static string OwnFolder()
    {
        var location = typeof(Repository).Assembly.Location;
        return Path.GetDirectoryName(AppContext.GetData("ShadowCopyOf:" + location) as string ?? location) ?? "";
    }

    internal static string RootFrom(params string[] starts)
    {
        foreach (var start in starts.Where(start => start.Length > 0))
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, Mark)))
                {
                    return folder.FullName;
                }
            }
        }

        throw new DirectoryNotFoundException($"No {Mark} above {string.Join(" or ", starts)}. Run the notebook inside a clone of the repository.");
    }
}
