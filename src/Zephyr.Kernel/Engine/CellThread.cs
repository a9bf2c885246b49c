using System.Collections.Concurrent;
using System.Runtime;

namespace Zephyr.Kernel.Engine;

/// <summary>
/// The thread on which the cells of a session run, one after the other. What a cell awaits comes back to this thread, so that code
/// after an await can be stopped like any other, and libraries find the state that they keep by thread.
/// A thread on which a cell was stopped is spent: what that cell still awaits must not go on, and the runtime can abort a thread
/// only once.
/// </summary>
internal sealed class CellThread : SynchronizationContext
{
    private const int StackSize = 64 * 1024 * 1024; // bytes; reserved, not used

    private readonly object _gate = new();
    private readonly Thread _thread;
    private readonly BlockingCollection<Action> _work = [];
    private volatile bool _spent;
    private volatile bool _broken; // a wait of the running cell
    private CellInterruption? _running;

    public CellThread()
    {
        _thread = new Thread(Loop, StackSize) { IsBackground = true, Name = "cells" };
        _thread.Start();
    }

    /// <summary>Whether the next cell needs another thread.</summary>
    public bool Spent => _spent;

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!_spent)
        {
            _work.Add(() => d(state));
        }
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state)
    {
        if (Thread.CurrentThread == _thread)
        {
            d(state);
            return;
        }

        using var done = new ManualResetEventSlim();
        Post(_ =>
        {
            d(state);
            done.Set();
        }, null);
        done.Wait();
    }

    /// <summary>Runs a cell to its end, however it ends. One at a time.</summary>
    /// <returns>Null when it ran through, else what stopped it; an interruption is an <see cref="OperationCanceledException"/>.</returns>
    public Exception? Run(Func<Task> cell, CellInterruption interruption)
    {
        var job = new Job(cell, interruption);
        Post(_ => Execute(job), null);
        job.Ended.Wait();
        return job.Fault;
    }

    /// <summary>Breaks a blocking wait of the cell, if it still runs.</summary>
    public void BreakWait(CellInterruption interruption)
    {
        lock (_gate)
        {
            if (_running == interruption)
            {
                _broken = true;
                _thread.Interrupt();
            }
        }
    }

    private void Loop()
    {
        SetSynchronizationContext(this);
        while (!_spent)
        {
            try
            {
                _work.Take()();
            }
            catch (Exception exception)
            {
                // Something that an earlier cell left behind: a continuation, or a late interrupt.
                CellDisplay.Output?.Write("stderr", $"Unhandled, after the cell ended: {exception.GetType().Name}: {exception.Message}\n");
            }
        }
    }

    private void Execute(Job job)
    {
        lock (_gate)
        {
            _running = job.Interruption;
        }

        try
        {
            ControlledExecution.Run(() => Pump(job), job.Interruption.Abort);
        }
        catch (Exception exception)
        {
            job.Fault = exception;
        }

        Leave();
        job.Interruption.End();
        _spent = job.Interruption.Stopping;
        job.Ended.Set();
    }

    /// <summary>From here on nobody breaks a wait of this thread. A break that came while the cell ended is taken here: the waits that follow are the kernel's own.</summary>
    private void Leave()
    {
        while (true)
        {
            try
            {
                lock (_gate)
                {
                    _running = null;
                }

                if (_broken)
                {
                    Thread.Sleep(1); // throws where a break has not met a wait yet
                    _broken = false;
                }

                return;
            }
            catch (ThreadInterruptedException)
            {
            }
        }
    }

    private void Pump(Job job)
    {
        var task = job.Cell();
        task.ContinueWith(_ => Post(_ => { }, null), TaskScheduler.Default);
        while (!task.IsCompleted)
        {
            _work.Take(job.Interruption.Stop)();
        }

        task.GetAwaiter().GetResult();
    }

    private sealed record Job(Func<Task> Cell, CellInterruption Interruption)
    {
        public ManualResetEventSlim Ended { get; } = new();

        public Exception? Fault { get; set; }
    }
}
