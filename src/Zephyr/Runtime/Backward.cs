using static TorchSharp.torch;

namespace Zephyr.Runtime;

/// <summary>
/// Gradients through functions whose backward pass is written here. An exception that left such a backward pass would cross native frames and end the
/// process: it is caught there, kept, and thrown on when the native pass has returned.
/// </summary>
internal static class Backward
{
    private static readonly Lock Gate = new();
    private static System.Runtime.ExceptionServices.ExceptionDispatchInfo? _fault;

    /// <summary>The gradients of a loss; throws what a backward pass of ours threw.</summary>
    /// <param name="values">One number, or any tensor where its gradient is given.</param>
    /// <param name="gradient">The gradient to go on from, in the shape of <paramref name="values"/>; null where that is one number.</param>
    public static void Run(Tensor values, Tensor? gradient = null)
    {
        Take();
        values.backward(gradient is null ? null : [gradient]);
        Take()?.Throw();
    }

    /// <summary>What a backward pass of ours makes, or zeros where it fails; <see cref="Run"/> then throws the fault.</summary>
    /// <param name="make">Makes the gradients.</param>
    /// <param name="zeros">Gradients of the right shapes.</param>
    public static List<Tensor> Guarded(Func<List<Tensor>> make, Func<List<Tensor>> zeros)
    {
        try
        {
            return make();
        }
        catch (Exception fault)
        {
            lock (Gate)
            {
                _fault ??= System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(fault);
            }

            return zeros();
        }
    }

    private static System.Runtime.ExceptionServices.ExceptionDispatchInfo? Take()
    {
        lock (Gate)
        {
            var fault = _fault;
            _fault = null;
            return fault;
        }
    }
}
