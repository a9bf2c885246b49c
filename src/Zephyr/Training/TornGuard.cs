namespace Zephyr.Training;

/// <summary>Remembers that a step was left in the middle, when weights and optimizer no longer belong together.</summary>
internal sealed class TornGuard
{
    private int? _torn;

    /// <summary>Makes a step; refuses where an earlier one was torn.</summary>
    /// <param name="number">The step's number.</param>
    /// <param name="resumption">What to go on from, in words.</param>
    /// <param name="step">Makes the step.</param>
    public TStep Run<TStep>(int number, Func<string> resumption, Func<int, TStep> step)
    {
        if (_torn is { } torn)
        {
            throw new InvalidOperationException($"Step {torn} was interrupted inside, so the weights are torn. Make model and trainer anew; {resumption()}");
        }

        _torn = number;
        try
        {
            var made = step(number);
            _torn = null;
            return made;
        }
        catch (NotFiniteNumberException)
        {
            _torn = null; // found before the weights moved
            throw;
        }
    }
}
