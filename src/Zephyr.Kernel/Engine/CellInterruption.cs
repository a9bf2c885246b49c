namespace Zephyr.Kernel.Engine;

/// <summary>
/// The wish to stop one run of one cell. First a token is cancelled, for code that asks; a cell that never asked for the token, or
/// does not end within two seconds of it, is then stopped from outside.
/// </summary>
internal sealed class CellInterruption
{
    private static readonly TimeSpan GraceForThoseWhoAsk = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UntilWaitsAreBroken = TimeSpan.FromMilliseconds(60);

    private readonly CancellationTokenSource _wish = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _askedFor;

    /// <summary>Whether someone wished to stop the cell.</summary>
    public bool Requested => _wish.IsCancellationRequested;

    /// <summary>Cancelled when the cell is to be stopped from outside.</summary>
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
        var impatient = Requested;
        var wish = Task.Run(_wish.Cancel); // runs the callbacks of the cell's code, which may take their time
        if (_askedFor && !impatient)
        {
            await Task.WhenAny(_ended.Task, Task.Delay(GraceForThoseWhoAsk));
        }

        if (_ended.Task.IsCompleted)
        {
            return;
        }

        var abort = Task.Run(_abort.Cancel); // returns when the cell's thread has noticed
        while (await Task.WhenAny(_ended.Task, Task.Delay(UntilWaitsAreBroken)) != _ended.Task)
        {
            breakWait();
        }

        await abort;
        await wish;
    }
}
