using Zephyr.Kernel.Notebook;

namespace Zephyr.Kernel.Commands;

/// <summary><c>run NOTEBOOK|FOLDER ...</c>: executes notebooks from top to bottom, each in a fresh process, checks what is stored, or makes copies for students.</summary>
internal static class RunCommand
{
    /// <summary>What the command line may say.</summary>
    public const string Usage = """
        run NOTEBOOK|FOLDER ... [--write] [--timeout SECONDS] [--keep-going] [--twice TAG]
          run NOTEBOOK|FOLDER ... --check                    are the outputs those of the cells?
          run NOTEBOOK|FOLDER ... --strip [--output FOLDER]  a student's copy: no outputs, no solutions
        """;

    private static readonly string[] Flags = ["--write", "--check", "--strip", "--keep-going"];
    private static readonly string[] Valued = ["--timeout", "--twice", "--output"];

    /// <summary>Runs the command.</summary>
    /// <returns>0 when every notebook ran through, or is up to date; else 1.</returns>
    public static int Run(IReadOnlyList<string> words)
    {
        var line = new CommandLine(words, Flags, Valued);
        var paths = line.Arguments.SelectMany(Notebooks).ToArray();
        if (paths.Length == 0)
        {
            throw new ArgumentException($"Which notebooks? {Usage}");
        }

        if (line.Has("--strip"))
        {
            Alone(line, "--strip", "--output");
            return StripCommand.Run(paths, line.Value("--output"));
        }

        if (line.Has("--output"))
        {
            throw new ArgumentException($"--output says where copies go, but nothing asks for copies: add --strip. {Usage}");
        }

        if (line.Has("--check"))
        {
            Alone(line, "--check");
            return paths.Select(Check).ToArray().All(good => good) ? 0 : 1;
        }

        string[] options = [.. line.Has("--write") ? ["--write"] : Array.Empty<string>(), .. Passed("--timeout"), .. Passed("--twice")];
        string[] Passed(string name) => line.Value(name) is { } value ? [name, value] : [];
        var failed = new List<string>();
        foreach (var path in paths)
        {
            if (SelfProcess.Run([ExecuteCommand.Name, path, .. options]) != 0)
            {
                failed.Add(path);
                if (!line.Has("--keep-going"))
                {
                    break;
                }
            }
        }

        Console.WriteLine(failed.Count == 0 ? $"{paths.Length} {(paths.Length == 1 ? "notebook" : "notebooks")} ran through" : $"failed: {string.Join(", ", failed)}");
        return failed.Count == 0 ? 0 : 1;
    }

    private static void Alone(CommandLine line, params string[] allowed)
    {
        if (Flags.Concat(Valued).Except(allowed).FirstOrDefault(line.Has) is { } other)
        {
            throw new ArgumentException($"{allowed[0]} runs nothing, so {other} means nothing beside it. {Usage}");
        }
    }

    private static IEnumerable<string> Notebooks(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.ipynb").Order(StringComparer.Ordinal)
        : File.Exists(path) ? [path]
        : throw new ArgumentException($"There is no notebook or folder {path}.");

    private static bool Check(string path)
    {
        var fault = StoredOutputs.Fault(NotebookFile.Read(path));
        Console.WriteLine($"{path}: {fault ?? "up to date"}");
        return fault is null;
    }
}
