using Zephyr.Kernel.Notebook;
using Zephyr.Kernel.Notebook.Export;

namespace Zephyr.Kernel.Commands;

/// <summary><c>export NOTEBOOK</c>: writes a notebook as a program of one file, so that its cells can be debugged.</summary>
internal static class ExportCommand
{
    /// <summary>What the command line may say.</summary>
    public const string Usage = "export NOTEBOOK [--output FILE.cs]                   a program for dotnet run, for breakpoints";

    /// <summary>Writes the program, beside the notebook if nothing else is said.</summary>
    /// <exception cref="ArgumentException">A file that was not exported is in the way.</exception>
    public static int Run(IReadOnlyList<string> words)
    {
        var line = new CommandLine(words, [], ["--output"]);
        if (line.Arguments is not [var source])
        {
            throw new ArgumentException($"Which notebook? {Usage}");
        }

        var notebook = File.Exists(source) ? NotebookFile.Read(Path.GetFullPath(source)) : throw new ArgumentException($"There is no notebook {source}.");
        var path = Path.GetFullPath(line.Value("--output") ?? Path.ChangeExtension(source, ".cs"));
        if (File.Exists(path) && !File.ReadAllText(path).StartsWith(ProgramText.Mark, StringComparison.Ordinal))
        {
            throw new ArgumentException($"{path} is there already and was not exported from a notebook. Take it away, or choose another file with --output.");
        }

        Directory.SetCurrentDirectory(Path.GetDirectoryName(notebook.Path)!);
        var text = ExportedProgram.Text(notebook, path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        Console.WriteLine($"{path}: {notebook.CodeCells.Count} cells. dotnet run {Path.GetFileName(path)}");
        return 0;
    }
}
