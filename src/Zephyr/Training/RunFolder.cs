using System.Text.Json;
using System.Text.Json.Serialization;
using Zephyr.Checkpoints;
using Zephyr.Files;
using Zephyr.Model;

namespace Zephyr.Training;

/// <summary>
/// Where a run keeps what must outlive the process: <c>run.json</c> (options and where its numbers come from), <c>steps.jsonl</c> (a step record a line),
/// <c>samples.jsonl</c>, <c>events/</c> for TensorBoard, and <c>checkpoints/</c>.
/// </summary>
/// <param name="path">The folder; made when the run begins. One run each.</param>
public sealed class RunFolder(string path)
{
    private static readonly JsonSerializerOptions Line = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly int _checkpointEvery = 100, _keep = 2;
    private readonly LineLog _steps = new(System.IO.Path.Combine(path, "steps.jsonl")), _samples = new(System.IO.Path.Combine(path, "samples.jsonl"));
    private EventLog? _events;
    private int _logged;

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>Steps between checkpoints, at least 1; one more is written after the last step.</summary>
    public int CheckpointEvery
    {
        get => _checkpointEvery;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(CheckpointEvery));
            _checkpointEvery = value;
        }
    }

    /// <summary>How many of the newest checkpoints stay, at least 1. The one with the lowest held-out loss stays besides.</summary>
    public int Keep
    {
        get => _keep;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Keep));
            _keep = value;
        }
    }

    /// <summary>Whether <c>events/</c> is written: the numbers of the step log in TensorBoard's format.</summary>
    public bool Events { get; init; } = true;

    /// <summary>The folder of the checkpoints.</summary>
    public string Checkpoints => At("checkpoints");

    /// <summary>The step log: a step record a line.</summary>
    public string StepLog => _steps.Path;

    /// <summary>Texts that the model wrote along the way: step, prompt and reply a line.</summary>
    public string SampleLog => _samples.Path;

    /// <summary>The newest whole checkpoint; null where there is none.</summary>
    /// <exception cref="InvalidDataException">There are checkpoints, and none is whole.</exception>
    public FoundCheckpoint? Newest() => CheckpointFolder.Newest(Checkpoints);

    /// <summary>The checkpoint with the lowest held-out loss of those evaluated on the last run's held-out rows; null where none was, or where it is damaged.</summary>
    public FoundCheckpoint? Best() => BestMark is { } mark && CheckpointFolder.At(Checkpoints, mark.Step) is var folder && CheckpointFolder.Fault(folder) is null
        ? new(folder, mark.Step, [])
        : null;

    internal BestCheckpoint? BestMark => File.Exists(At("best.json")) ? JsonSerializer.Deserialize<BestCheckpoint>(File.ReadAllText(At("best.json"))) : null;

    /// <summary>What a run can go on from, in words that end an error message.</summary>
    internal static string Resumption(RunFolder? run) => run is null
        ? "this run keeps no checkpoints (set Run), so begin it again."
        : run.Newest() is { } found ? $"call Resume to go on from {found.Folder}." : $"{run.Checkpoints} holds no checkpoint yet, so begin the run again.";

    /// <summary>Removes all that a run wrote here, so that another can begin anew.</summary>
    public void Clear()
    {
        CloseEvents();
        if (!Directory.Exists(Path))
        {
            return;
        }

        // Checkpoints first, and all at once: what is left of a clearing that was cut short is begun anew.
        using var mine = Lock();
        var cleared = At(".cleared");
        if (Directory.Exists(Checkpoints) && !Directory.Exists(cleared))
        {
            Disk.MoveFolder(Checkpoints, cleared);
        }

        foreach (var folder in new[] { cleared, Checkpoints, At("events") }.Where(Directory.Exists))
        {
            Disk.DeleteFolder(folder);
        }

        foreach (var file in new[] { StepLog, SampleLog, At("best.json"), At("run.json") }.Where(File.Exists))
        {
            Disk.DeleteFile(file);
        }
    }

    /// <summary>A run that begins at step 0 must not mix with an older one; a log without a checkpoint is of a run that left nothing to go on from.</summary>
    internal void Begin(int step, Mistral model, TrainingState identity)
    {
        if (step == 0)
        {
            if (Newest() is { } found)
            {
                throw new InvalidOperationException($"{Path} already holds a run up to step {found.Step}: call Resume to go on with it, Clear the folder, or give this run another.");
            }

            CutLog(0);
            Disk.CreateFolder(Path);
            var options = JsonSerializer.Deserialize<JsonElement>(identity.Options);
            var made = new RunRecord(options, identity.Rows, Lineage.HashOf(model), identity.Reference, typeof(RunFolder).Assembly.GetName().Version!.ToString());
            AtomicFile.Write(At("run.json"), JsonSerializer.Serialize(made, Indented) + "\n");
        }

        _logged = _steps.LastStep;
        _events ??= Events ? EventLog.After(StepLog, At("events")) : null;
    }

    /// <summary>Takes the folder for one run, until the lock is disposed.</summary>
    /// <exception cref="IOException">Another run, in this or another process, is writing here.</exception>
    internal FolderLock Lock() => FolderLock.Take(Path);

    /// <summary>Loss and tokens of every step in the log.</summary>
    internal IReadOnlyList<(double Loss, long Tokens)> Logged() => [.. _steps.Lines().Select(line =>
    {
        using var record = JsonDocument.Parse(line);
        return (record.RootElement.GetProperty("loss").GetDouble(), record.RootElement.GetProperty("num_tokens").GetInt64());
    })];

    internal bool IsDue(int step, int last) => step == last || step % CheckpointEvery == 0;

    /// <summary>Adds a line to the step log, once for a step.</summary>
    internal void Log<TStep>(int step, TStep record)
    {
        if (step <= _logged)
        {
            return;
        }

        var line = JsonSerializer.Serialize(record, Line);
        _steps.Append([line]);
        _logged = step;
        try
        {
            _events?.Add(line);
        }
        catch (IOException)
        {
            CloseEvents(); // A record may be half written: the next pull writes the events anew from the log.
            throw;
        }
    }

    /// <summary>Brings the step log to the disk: a checkpoint must not outlive the lines before it.</summary>
    internal void FlushLog() => _steps.Flush();

    /// <summary>Adds lines to the sample log, once for a step.</summary>
    internal void LogSamples(int step, IEnumerable<RunSample> samples)
    {
        if (_samples.LastStep < step)
        {
            _samples.Append(samples.Select(sample => JsonSerializer.Serialize(new { step, prompt = sample.Prompt, reply = sample.Reply }, Line)));
        }
    }

    /// <summary>
    /// Notes a held-out loss; the checkpoint with the lowest is kept. A step without a checkpoint cannot be kept. Where a run was resumed with other held-out
    /// rows, the best begins anew: losses over different rows are not compared.
    /// </summary>
    internal void Evaluated(int step, double loss, string heldOut)
    {
        if (Directory.Exists(CheckpointFolder.At(Checkpoints, step)) && (BestMark is not { } best || best.HeldOut != heldOut || loss < best.Loss))
        {
            AtomicFile.Write(At("best.json"), JsonSerializer.Serialize(new BestCheckpoint(step, loss, heldOut)));
        }
    }

    /// <summary>Drops what was logged after a step: by a run that went on past the checkpoint it is now resumed from.</summary>
    /// <returns>Whether the step's own record is there: a process that ended between checkpoint and log left none.</returns>
    internal bool CutLog(int step)
    {
        CloseEvents();
        _steps.CutAfter(step);
        var logged = _steps.LastStep == step;
        _samples.CutAfter(logged ? step : step - 1);
        if (BestMark is { } best && best.Step > step)
        {
            Disk.DeleteFile(At("best.json"));
        }

        foreach (var leftover in Directory.Exists(Path) ? Directory.GetFiles(Path, "*.tmp") : [])
        {
            Disk.DeleteFile(leftover);
        }

        return logged;
    }

    private void CloseEvents() => _events = null;

    private string At(string name) => System.IO.Path.Combine(Path, name);
}
