using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks;

/// <summary>
/// Shows a value once and redraws it in place while it changes: at most five times a second, never for more than a twentieth of the time, and always with
/// what it is at the end.
/// Finds the notebook's host by itself; where there is none it writes the last state as text.
/// </summary>
/// <example>
/// <code>
/// var chart = new RewardChart();
/// foreach (var step in Live.Watch(trainer.Train(), chart))
/// {
///     chart.Add(step.Step, step.ChosenReward, step.RejectedReward);
/// }
/// </code>
/// </example>
public sealed class Live : IDisposable
{
    /// <summary>How many times the last drawing's time passes before the next: a training loop must not wait for its own picture.</summary>
    private const double Restraint = 19;

    private readonly TimeProvider _clock;
    private readonly Action<object> _send;
    private long _sentAt;
    private TimeSpan _pause = Interval;
    private object? _pending;
    private bool _isDisposed;

    private Live(object value, Func<object, Action<object>> host, TimeProvider clock)
    {
        _clock = clock;
        _send = host(value);
        _sentAt = clock.GetTimestamp();
    }

    /// <summary>The shortest time between two updates.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Set when the reader stops the cell; never set where the host cannot tell.</summary>
    public static CancellationToken Cancelled => LiveHost.Cancelled;

    /// <summary>Shows a value. Dispose of the result when it will not change any more, or the last changes may stay unseen.</summary>
    public static Live Show(object value) => Show(value, LiveHost.Find(), TimeProvider.System);

    /// <summary>Shows a value that the loop's body changes, and hands on the steps. Redraws after each body; a stop of the cell takes effect between two steps.</summary>
    /// <param name="steps">For example <c>trainer.Train()</c>.</param>
    /// <param name="shown">For example a chart that the loop's body adds to.</param>
    /// <exception cref="OperationCanceledException">While looping: the reader stopped the cell.</exception>
    public static IEnumerable<T> Watch<T>(IEnumerable<T> steps, object shown) => Watch(steps, shown, LiveHost.Find(), TimeProvider.System, Cancelled);

    /// <summary>Redraws with a new value, now or when enough time has passed.</summary>
    public void Update(object value)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _pending = value;
        if (_clock.GetElapsedTime(_sentAt) >= _pause)
        {
            Send();
        }
    }

    /// <summary>Redraws with the last value if that has not been shown yet.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            Send();
        }
    }

    internal static Live Show(object value, Func<object, Action<object>> host, TimeProvider clock) => new(value, host, clock);

    internal static IEnumerable<T> Watch<T>(IEnumerable<T> steps, object shown, Func<object, Action<object>> host, TimeProvider clock, CancellationToken cancelled)
    {
        using var live = Show(shown, host, clock);
        try
        {
            foreach (var step in steps)
            {
                yield return step;
                live.Update(shown);
                cancelled.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            live._pending = shown; // a break in the loop's body comes here before the update
        }
    }

    private void Send()
    {
        if (_pending is { } value)
        {
            _pending = null;
            var began = _clock.GetTimestamp();
            _send(value);
            _sentAt = _clock.GetTimestamp();
            var wanted = Restraint * _clock.GetElapsedTime(began, _sentAt);
            _pause = wanted > Interval ? wanted : Interval;
        }
    }
}
