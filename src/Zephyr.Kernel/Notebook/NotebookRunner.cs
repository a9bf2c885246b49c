using System.Diagnostics;
using System.Globalization;
using Zephyr.Kernel.Display;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Notebook;

/// <summary>Executes the cells of one notebook from top to bottom and stores what they show, as far as they get.</summary>
/// <param name="notebook">What to run. Its folder must be the working directory.</param>
/// <param name="timeout">How long one cell may take.</param>
/// <param name="giveUp">Called with a message when a cell that took too long cannot be stopped; must end the process.</param>
internal sealed class NotebookRunner(NotebookFile notebook, TimeSpan timeout, Action<string> giveUp)
{
    private const int Words = 60; // characters of a cell in its line of progress

    private static readonly TimeSpan UntilGivingUp = TimeSpan.FromSeconds(20);

    /// <summary>Cells that carry this tag run twice, and must show the same text both times; null runs every cell once.</summary>
    public string? TwiceTag { get; init; }

    /// <summary>Runs the cells.</summary>
    /// <param name="report">Receives a line for each cell when it has ended.</param>
    /// <returns>Null when all ran through; else which cell failed, at which line, why and where.</returns>
    public string? Run(Action<string> report)
    {
        var engine = new CSharpEngine();
        var collector = new OutputCollector();
        using var output = new OrderedOutput(collector);
        var cells = notebook.CodeCells;
        var width = cells.Count.ToString(CultureInfo.InvariantCulture).Length;
        for (var i = 0; i < cells.Count; i++)
        {
            var (cell, number) = (cells[i], i + 1);
            var watch = Stopwatch.StartNew();
            var (error, timedOut) = Store(cell, number);
            if (error is null && TwiceTag is { } tag && cell.HasTag(tag))
            {
                var first = cell.PlainOutput;
                (error, timedOut) = Store(cell, number);
                if (error is null && cell.PlainOutput != first)
                {
                    return $"cell {number} runs twice with two results.\n  first:  {first}\n  second: {cell.PlainOutput}";
                }
            }

            report($"  [{number.ToString(CultureInfo.InvariantCulture).PadLeft(width)}/{cells.Count}] {Seconds(watch.Elapsed),8}  {cell.FirstWords(Words)}");
            if (timedOut)
            {
                return $"cell {number} took longer than {Seconds(timeout)} and was stopped";
            }

            if (error is not null && !cell.MayRaise)
            {
                return Failure(number, error);
            }
        }

        return null;

        (CellError? Error, bool TimedOut) Store(NotebookCell cell, int number)
        {
            output.Flush();
            collector.Begin(number);
            var outcome = RunOne(engine, new CellSource(number, cell.Source), output);
            cell.Store(number, collector.Outputs);
            return outcome;
        }
    }

    /// <summary>A duration in seconds, with one decimal.</summary>
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";

    private (CellError? Error, bool TimedOut) RunOne(CSharpEngine engine, CellSource source, OrderedOutput output)
    {
        if (HelpQuestion.Of(source.Code) is not null)
        {
            return (null, false); // there is no reader to answer
        }

        var timedOut = false;
        using var clock = new Timer(
            async _ =>
            {
                timedOut = true;
                var stopped = engine.InterruptAsync();
                if (await Task.WhenAny(stopped, Task.Delay(UntilGivingUp)) != stopped)
                {
                    giveUp($"{source.Name} took longer than {Seconds(timeout)} and could not be stopped: it is inside native code");
                }
            },
            null, timeout, Timeout.InfiniteTimeSpan);
        var (error, _) = engine.Run(source, output);
        return (error, timedOut && error == CellError.Interrupted);
    }

    private static string Failure(int number, CellError error)
    {
        var place = error.Line is { } line ? $"cell {number}, line {line}" : $"cell {number}";
        return $"failed in {place}\n  {string.Join("\n  ", error.Traceback)}";
    }
}
