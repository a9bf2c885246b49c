using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Protocol;

/// <summary>Asks the assistant a question of its own while the kernel has nothing to do, so that the reader's next one is answered at once.</summary>
internal sealed class Readiness : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400); // longer than between the cells of a run through all of them

    private readonly Timer _timer;

    /// <summary>Asks its first question when the compiler is awake, also beside a cell that runs.</summary>
    public Readiness(CSharpEngine engine, Task warm)
    {
        void Ask() => engine.Complete("Math.", 5);
        _timer = new Timer(_ =>
        {
            if (!engine.IsRunning)
            {
                Ask();
            }
        });
        var awake = warm.GetAwaiter();
        awake.OnCompleted(() =>
        {
            awake.GetResult(); // an error of the rehearsal is told as any of a background thread
            Ask();
        });
    }

    /// <summary>There is something new to know: a cell ran.</summary>
    public void Renew() => _timer.Change(Pause, Timeout.InfiniteTimeSpan);

    /// <summary>Asks no more.</summary>
    public void Dispose() => _timer.Dispose();
}
