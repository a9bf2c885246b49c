namespace Zephyr.Kernel.Engine;

/// <summary>
/// The wish to stop one run of one cell, in four steps: a token is cancelled for code that asks (who asked gets two seconds); loops,
/// awaits and output of the cell stop at their next check; blocking waits are broken; at last the thread is aborted.
/// </summary>
internal sealed class CellInterruption
{
    private static readonly TimeSpan GraceForThoseWhoAsk = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UntilWaitsAreBroken = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan UntilAbort = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _wish = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _askedFor;
    private volatile bool _requested;
    private volatile bool _stopping;

    /// <summary>Whether someone wished to stop the cell.</summary>
    public bool Requested => _requested;

    /// <summary>Whether the cell has ended.</summary>
    public bool Ended => _ended.Task.IsCompleted;

    /// <summary>Whether the cell must end at its next check.</summary>
    public bool Stopping => _stopping;

    /// <summary>Cancelled when the cell must end at its next check.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Cancelled when the cell's thread is to be aborted.</summary>
    public CancellationToken Abort => _abort.Token;

    /// <summary>The token for the cell's own code. Who asks for it promises to end soon.</summary>
    public CancellationToken Observe()
    {
        _askedFor = true;
        return _wish.Token;
    }

    /// <summary>The cell has ended: nothing more is to be stopped.</summary>
    public void End() => _ended.TrySetResult();

    /// <summary>Stops the cell; a second wish cuts the grace short.</summary>
    /// <param name="breakWait">Breaks a blocking wait of the cell's thread, if the cell still runs.</param>
    public async Task RequestAsync(Action breakWait)
    {
        if (_ended.Task.IsCompleted)
        {
            return;
        }

        var impatient = _requested;
        _requested = true;
        _ = Task.Run(_wish.Cancel); // runs the callbacks of the cell's code, which may take their time or fail
        if (_askedFor && !impatient && await EndedWithin(GraceForThoseWhoAsk))
        {
            return;
        }

        _stopping = true;
        _ = Task.Run(_stop.Cancel);
        if (await EndedWithin(UntilWaitsAreBroken))
        {
            return;
        }

        breakWait();
        if (await EndedWithin(UntilAbort))
        {
            return;
        }

        _ = Task.Run(_abort.Cancel); // returns only when the cell's thread has noticed
        while (!await EndedWithin(UntilWaitsAreBroken))
        {
            breakWait();
        }
    }

    private async Task<bool> EndedWithin(TimeSpan time) => _ended.Task.IsCompleted || await Task.WhenAny(_ended.Task, Task.Delay(time)) == _ended.Task;
}
