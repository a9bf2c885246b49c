using System.Text.Json;
using Zephyr.Files;

namespace Zephyr.Training;

/// <summary>A file of JSON lines, each of which names the step that it is of.</summary>
/// <param name="path">The file; made with its first line.</param>
internal sealed class LineLog(string path)
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>The step of the last line; 0 where there is none.</summary>
    public int LastStep => Lines().LastOrDefault() is { } line ? StepOf(line) : 0;

    /// <summary>The lines.</summary>
    public IEnumerable<string> Lines() => File.Exists(Path) ? File.ReadLines(Path) : [];

    /// <summary>Adds lines.</summary>
    public void Append(IEnumerable<string> lines) => Disk.Append(Path, string.Concat(lines.Select(line => line + "\n")));

    /// <summary>Drops the lines of later steps, and all behind the first line that a stop cut short.</summary>
    public void CutAfter(int step)
    {
        if (File.Exists(Path))
        {
            AtomicFile.Write(Path, string.Concat(Lines().TakeWhile(line => StepOf(line) <= step).Select(line => line + "\n")));
        }
    }

    /// <summary>Brings the lines to the disk.</summary>
    public void Flush()
    {
        if (File.Exists(Path))
        {
            Disk.Flush(Path);
        }
    }

    // A line that a stop cut short is no JSON; it belongs to a step after every checkpoint.
    private static int StepOf(string line)
    {
        try
        {
            using var record = JsonDocument.Parse(line);
            return record.RootElement.GetProperty("step").GetInt32();
        }
        catch (JsonException)
        {
            return int.MaxValue;
        }
    }
}
