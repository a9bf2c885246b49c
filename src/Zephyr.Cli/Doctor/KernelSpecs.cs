using System.Text.Json;

namespace Zephyr.Cli.Doctor;

/// <summary>The kernelspecs that VS Code and Jupyter would find, and whether ours is among them.</summary>
public static class KernelSpecs
{
    /// <summary>The name notebooks ask for.</summary>
    public const string Wanted = "zephyr-csharp";

    /// <summary>The data folders in the order in which front ends look: JUPYTER_PATH, the user's, the system's.</summary>
    public static IEnumerable<string> DataFolders()
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("JUPYTER_PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            yield return folder;
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsWindows())
        {
            yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter");
            yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "jupyter");
        }
        else
        {
            yield return Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR")
                ?? (OperatingSystem.IsMacOS()
                    ? Path.Combine(home, "Library", "Jupyter")
                    : Path.Combine(Environment.GetEnvironmentVariable("XDG_DATA_HOME") ?? Path.Combine(home, ".local", "share"), "jupyter"));
            yield return "/usr/local/share/jupyter";
            yield return "/usr/share/jupyter";
        }
    }

    /// <summary>Looks through the folders.</summary>
    /// <param name="dataFolders">Jupyter data folders; missing ones are passed over.</param>
    public static IReadOnlyList<Finding> Look(IEnumerable<string> dataFolders)
    {
        const string Remedy = "dotnet run -c Release --project src/Zephyr.Kernel -- install";
        var files = dataFolders.Select(folder => Path.Combine(folder, "kernels")).Where(Directory.Exists)
            .SelectMany(Directory.GetDirectories).Select(folder => Path.Combine(folder, "kernel.json")).Where(File.Exists).ToArray();
        var others = files.Select(file => Path.GetFileName(Path.GetDirectoryName(file)!)).Where(name => name != Wanted).Distinct().ToArray();
        var beside = others.Length == 0 ? "" : $" Others found: {string.Join(", ", others)}.";

        if (files.FirstOrDefault(file => Path.GetFileName(Path.GetDirectoryName(file)!) == Wanted) is not { } ours)
        {
            return [new("kernel", Verdict.Note, $"No kernelspec named {Wanted} is installed, so VS Code and Jupyter do not offer it.{beside}", Remedy)];
        }

        using var spec = JsonDocument.Parse(File.ReadAllText(ours));
        var started = spec.RootElement.GetProperty("argv").EnumerateArray().Select(word => word.GetString()!).Where(Path.IsPathFullyQualified).ToArray();
        var gone = started.Where(path => !File.Exists(path)).ToArray();
        return gone.Length > 0
            ? [new("kernel", Verdict.Ill, $"{ours} starts {gone[0]}, which is not there (the folder moved, or was cleaned).", Remedy)]
            : [new("kernel", Verdict.Well, $"{ours} starts {started[^1]}.{beside}")];
    }
}
