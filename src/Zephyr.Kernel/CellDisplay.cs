using Zephyr.Kernel.Display;
using Zephyr.Kernel.Engine;
using Zephyr.Kernel.Words;

namespace Zephyr.Kernel;

/// <summary>
/// The running cell, for libraries that show something while they work. They find this class by its name, so that they need no
/// reference to the kernel.
/// </summary>
public static class CellDisplay
{
    private static volatile OrderedOutput? _output;
    private static volatile CellInterruption? _interruption;

    /// <summary>Is cancelled when the reader interrupts the cell. A cell that asked for it gets two seconds to end by itself.</summary>
    public static CancellationToken Cancelled => _interruption?.Observe() ?? CancellationToken.None;

    /// <summary>The output of the running cell, or of the last one; null before the first.</summary>
    internal static OrderedOutput? Output => _output;

    /// <summary>Shows a value below the running cell.</summary>
    /// <param name="value">Anything; types with a formatter attribute decide themselves how they look.</param>
    /// <returns>A <see cref="DisplayHandle"/>: its <c>Update(object)</c> changes what was shown, in place.</returns>
    /// <exception cref="InvalidOperationException">No cell has run yet in this process.</exception>
    public static object Show(object value) => Show(value, []);

    /// <summary>Whether the running cell must end at its next check.</summary>
    internal static bool Stopping => _interruption is { Stopping: true };

    /// <summary>Cancelled when the running cell must end; for waits of the kernel on the cell's behalf.</summary>
    internal static CancellationToken Stop => _interruption?.Stop ?? CancellationToken.None;

    /// <summary>Ends the cell if it must end and this is its thread; other threads may still show what they have.</summary>
    internal static void CheckOnCellThread()
    {
        if (Stopping && SynchronizationContext.Current is CellThread)
        {
            Cell.Check();
        }
    }

    internal static DisplayHandle Show(object? value, IReadOnlyCollection<string> mimeTypes)
    {
        CheckOnCellThread();
        var output = _output ?? throw new InvalidOperationException("There is no cell to show the value below: no cell has run in this process.");
        var handle = new DisplayHandle(output, Guid.NewGuid().ToString("N"), mimeTypes);
        output.Display(Formatting.Bundle(value, mimeTypes), handle.DisplayId);
        return handle;
    }

    internal static void Attach(OrderedOutput output, CellInterruption interruption)
    {
        _output = output;
        _interruption = interruption;
    }
}
