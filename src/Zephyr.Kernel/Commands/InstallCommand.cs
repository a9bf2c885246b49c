using System.Text.Json.Nodes;
using Zephyr.Kernel.Notebook;

namespace Zephyr.Kernel.Commands;

/// <summary><c>install</c> and <c>uninstall</c>: tells the front ends of a user, or of a machine, how to start this kernel.</summary>
internal static class InstallCommand
{
    /// <summary>What the command line may say.</summary>
    public const string Usage = "install|uninstall [--name zephyr-csharp] [--user | --prefix FOLDER]";

    private const string DefaultName = "zephyr-csharp";

    /// <summary>Writes the kernelspec.</summary>
    public static int Install(IReadOnlyList<string> words)
    {
        var (folder, name) = Target(words);
        Directory.CreateDirectory(folder);
        var spec = new JsonObject
        {
            ["argv"] = new JsonArray([.. SelfProcess.Command.Select(word => JsonValue.Create(word)), "start", "{connection_file}"]),
            ["display_name"] = name == DefaultName ? "C# (Zephyr)" : $"C# (Zephyr, {name})",
            ["language"] = "C#",
            ["interrupt_mode"] = "message",
            ["metadata"] = new JsonObject(),
        };
        File.WriteAllText(Path.Combine(folder, "kernel.json"), NotebookJson.Write(spec));
        Console.WriteLine($"installed {name} in {folder}");
        return 0;
    }

    /// <summary>Takes the kernelspec away.</summary>
    public static int Uninstall(IReadOnlyList<string> words)
    {
        var (folder, name) = Target(words);
        if (!File.Exists(Path.Combine(folder, "kernel.json")))
        {
            throw new ArgumentException($"There is no kernel {name} in {folder}.");
        }

        Directory.Delete(folder, recursive: true);
        Console.WriteLine($"removed {name} from {folder}");
        return 0;
    }

    private static (string Folder, string Name) Target(IReadOnlyList<string> words)
    {
        var line = new CommandLine(words, ["--user"], ["--name", "--prefix"]);
        if (line.Arguments.Count > 0 || (line.Has("--user") && line.Has("--prefix")))
        {
            throw new ArgumentException($"Not understood: {string.Join(' ', words)}. {Usage}");
        }

        var name = line.Value("--name") ?? DefaultName;
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? (Path.Combine(JupyterFolder.Kernels(line.Value("--prefix")), name), name)
            : throw new ArgumentException($"A kernel's name has only letters, digits, '-', '_' and '.', not {name}.");
    }
}
