using System.Text.Json;
using System.Text.Json.Serialization;
using Zephyr.Checkpoints;

namespace Zephyr.Training;

/// <summary>Where a run keeps what must outlive the process: its step log, one JSON line a step, and its checkpoints.</summary>
/// <param name="path">The folder; made when the run begins. One run each.</param>
public sealed class RunFolder(string path)
{
    private static readonly JsonSerializerOptions Line = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>Steps between checkpoints; one more is written after the last step.</summary>
    public int CheckpointEvery { get; init; } = 100;

    /// <summary>How many checkpoints stay.</summary>
    public int Keep { get; init; } = 2;

    /// <summary>The folder of the checkpoints.</summary>
    public string Checkpoints => System.IO.Path.Combine(Path, "checkpoints");

    /// <summary>The step log: a step record a line.</summary>
    public string StepLog => System.IO.Path.Combine(Path, "steps.jsonl");

    /// <summary>The newest whole checkpoint; null where there is none.</summary>
    public FoundCheckpoint? Newest() => CheckpointFolder.Newest(Checkpoints);

    /// <summary>What a run can go on from, in words that end an error message.</summary>
    internal static string Resumption(RunFolder? run) => run is null
        ? "this run keeps no checkpoints (set Run), so begin it again."
        : run.Newest() is { } found ? $"call Resume to go on from {found.Folder}." : $"{run.Checkpoints} holds no checkpoint yet, so begin the run again.";

    /// <summary>Removes log and checkpoints, so that a run can begin here anew.</summary>
    public void Clear()
    {
        if (File.Exists(StepLog))
        {
            File.Delete(StepLog);
        }

        if (Directory.Exists(Checkpoints))
        {
            Directory.Delete(Checkpoints, recursive: true);
        }
    }

    /// <summary>A run that begins at step 0 must not mix with an older one; a log without a checkpoint is of a run that left nothing to go on from.</summary>
    internal void Begin(int step)
    {
        if (step > 0)
        {
            return;
        }

        if (Newest() is { } found)
        {
            throw new InvalidOperationException($"{Path} already holds a run up to step {found.Step}: call Resume to go on with it, Clear the folder, or give this run another.");
        }

        CutLog(0);
    }

    internal bool IsDue(int step, int last) => step == last || step % CheckpointEvery == 0;

    /// <summary>Adds a line to the step log.</summary>
    internal void Log<TStep>(TStep step)
    {
        Directory.CreateDirectory(Path);
        File.AppendAllText(StepLog, JsonSerializer.Serialize(step, Line) + "\n");
    }

    /// <summary>Drops the log's lines after a step: those of a run that went on past the checkpoint it is now resumed from.</summary>
    internal void CutLog(int step)
    {
        if (File.Exists(StepLog))
        {
            AtomicFile.Write(StepLog, string.Concat(File.ReadLines(StepLog).TakeWhile(line => IsUpTo(line, step)).Select(line => line + "\n")));
        }
    }

    // A line that a stop cut short is no JSON; it belongs to a step after every checkpoint.
    private static bool IsUpTo(string line, int step)
    {
        try
        {
            using var record = JsonDocument.Parse(line);
            return record.RootElement.GetProperty("step").GetInt32() <= step;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
