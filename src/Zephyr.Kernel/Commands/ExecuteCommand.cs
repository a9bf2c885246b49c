using System.Diagnostics;
using System.Globalization;
using Zephyr.Kernel.Display;
using Zephyr.Kernel.Notebook;

namespace Zephyr.Kernel.Commands;

/// <summary>The hidden command behind <c>run</c>: executes one notebook in this process, with a line of progress for each cell.</summary>
internal static class ExecuteCommand
{
    /// <summary>The word for it.</summary>
    public const string Name = "execute-one";

    /// <summary>Runs the command.</summary>
    /// <returns>0 when the notebook ran through, else 1.</returns>
    public static int Run(IReadOnlyList<string> words)
    {
        var line = new CommandLine(words, ["--write"], ["--timeout", "--twice"]);
        var path = Path.GetFullPath(line.Arguments.Single());
        var timeout = line.Value("--timeout") is { } seconds
            ? TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture))
            : Timeout.InfiniteTimeSpan;
        var console = Console.Out; // the real one: what the cells write is captured from here on
        ConsoleCapture.Install();

        var notebook = NotebookFile.Read(path);
        Directory.SetCurrentDirectory(Path.GetDirectoryName(path)!);
        console.WriteLine(Path.GetFileName(path));
        var watch = Stopwatch.StartNew();
        var ended = false;
        void GiveUp(string message)
        {
            ended = true;
            Report(console, $"{Path.GetFileName(path)}: {message}");
            Environment.Exit(1);
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (!ended)
            {
                Environment.ExitCode = 1;
                Report(console, $"{Path.GetFileName(path)}: a cell ended the process");
            }
        };
        if (new NotebookRunner(notebook, timeout, GiveUp) { TwiceTag = line.Value("--twice") }.Run(text => Report(console, text)) is { } failure)
        {
            ended = true;
            Report(console, $"{Path.GetFileName(path)}: {failure}");
            return 1;
        }

        if (line.Has("--write"))
        {
            notebook.Write();
        }

        ended = true;
        Report(console, $"{Path.GetFileName(path)}: {notebook.CodeCells.Count} cells in {NotebookRunner.Seconds(watch.Elapsed)}{(line.Has("--write") ? ", outputs written" : "")}");
        return 0;
    }

    private static void Report(TextWriter console, string text)
    {
        console.WriteLine(text);
        console.Flush();
    }
}
