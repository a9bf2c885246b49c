using System.Text.Json;
using Zephyr.Checkpoints;
using Zephyr.Model;

namespace Zephyr.Training;

/// <summary>
/// What both trainers do around a step: refuse after a torn one, save, evaluate, log, hand out, resume. A step that was made is handed out even when saving
/// or evaluating it failed at first: the next pull does that again, and makes no step anew.
/// </summary>
/// <typeparam name="TStep">The trainer's step record.</typeparam>
internal sealed class TrainingLoop<TStep>
    where TStep : class
{
    private readonly Mistral _model;
    private readonly IOptimizer _optimizer;
    private readonly Func<TrainingState> _identity;
    private readonly int _steps;
    private readonly TornGuard _guard = new();
    private TStep? _made;
    private int _saved;

    /// <summary>A loop at step 0.</summary>
    /// <param name="model">What is trained.</param>
    /// <param name="optimizer">What moves its weights.</param>
    /// <param name="identity">Options, rows and reference as they are now: a checkpoint with others is refused.</param>
    /// <param name="steps">The last step.</param>
    public TrainingLoop(Mistral model, IOptimizer optimizer, Func<TrainingState> identity, int steps) =>
        (_model, _optimizer, _identity, _steps) = (model, optimizer, identity, steps);

    /// <summary>Where log and checkpoints go; null keeps nothing.</summary>
    public RunFolder? Run { get; set; }

    /// <summary>Lets the model write, whenever an evaluation is due; null for no samples.</summary>
    public Func<IReadOnlyList<RunSample>>? Samples { get; set; }

    /// <summary>Steps made.</summary>
    public int Made { get; private set; }

    /// <summary>Tokens read.</summary>
    public long Tokens { get; private set; }

    /// <summary>What a run can go on from, in words that end an error message.</summary>
    public string Resumption() => RunFolder.Resumption(Run);

    /// <summary>Goes on from the newest whole checkpoint.</summary>
    public FoundCheckpoint? Resume()
    {
        var run = Run ?? throw new InvalidOperationException($"Give {nameof(Run)} a folder to resume from.");
        if (run.Newest() is not { } found)
        {
            return null;
        }

        using var mine = run.Lock();
        var state = TrainingState.Load(found.Folder, _model, _optimizer, _identity());
        var logged = run.CutLog(state.Step);
        (Made, Tokens, _saved) = (state.Step, state.Tokens, state.Step);
        _made = !logged && state.Record is { } record ? JsonSerializer.Deserialize<TStep>(record) : null;
        return found;
    }

    /// <summary>Takes note of a step whose weights have moved.</summary>
    public void Moved(int step, long tokens) => (Made, Tokens) = (step, Tokens + tokens);

    /// <summary>The steps not yet handed out.</summary>
    /// <param name="step">Makes the step of that number and calls <see cref="Moved"/>.</param>
    /// <param name="evaluate">Evaluates on the held-out rows; null where nothing is held out.</param>
    /// <param name="every">Steps between evaluations, besides the one after the last step; null is only that one.</param>
    /// <param name="cancelled">Looked at between steps.</param>
    public IEnumerable<TStep> Train(Func<int, TStep> step, Func<TStep, HeldOutResult<TStep>>? evaluate, int? every, CancellationToken cancelled)
    {
        using var mine = Run?.Lock();
        Run?.Begin(Made, _model, _identity());
        foreach (var record in Steps(step, evaluate, every, cancelled))
        {
            yield return record;
        }
    }

    private IEnumerable<TStep> Steps(Func<int, TStep> step, Func<TStep, HeldOutResult<TStep>>? evaluate, int? every, CancellationToken cancelled)
    {
        while (_made is not null || Made < _steps)
        {
            if (_made is null && cancelled.IsCancellationRequested)
            {
                Save();
                yield break;
            }

            _made ??= _guard.Run(Made + 1, Resumption, step);
            if (Run?.IsDue(Made, _steps) == true)
            {
                Save();
            }

            var record = _made;
            if (evaluate is not null && (Made == _steps || Made % every == 0))
            {
                (record, var loss, var heldOut) = evaluate(record);
                if (!double.IsFinite(loss))
                {
                    throw new NotFiniteNumberException($"The held-out loss after step {Made} is {loss}, while the training loss was finite: look at the held-out rows, or lower the learning rate.", loss);
                }

                Run?.Evaluated(Made, loss, heldOut);
                if (Samples is not null)
                {
                    Run?.LogSamples(Made, Samples());
                }
            }

            Run?.Log(Made, record);
            _made = null;
            yield return record;
        }
    }

    private void Save()
    {
        if (Run is { } run && _saved != Made)
        {
            NonFinite.ThrowIfInWeights(Made, _model, Resumption);
            run.FlushLog();
            (_identity() with { Step = Made, Tokens = Tokens, Record = _made is null ? null : JsonSerializer.Serialize(_made) }).Save(run, _model, _optimizer);
            _saved = Made; // A checkpoint that is in its place is not written again where pruning the older ones fails.
            CheckpointFolder.Prune(run.Checkpoints, Made, run.Keep, run.BestMark?.Step);
        }
    }
}

/// <summary>An evaluation on held-out rows.</summary>
/// <param name="Record">The step's record with its evaluation.</param>
/// <param name="Loss">The held-out loss.</param>
/// <param name="Rows">Hash of the held-out rows.</param>
internal readonly record struct HeldOutResult<TStep>(TStep Record, double Loss, string Rows);
