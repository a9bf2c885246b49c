using System.ComponentModel;

namespace Zephyr.Kernel.Words;

/// <summary>The running cell.</summary>
public static class Cell
{
    /// <summary>Is cancelled when the reader interrupts the cell. A cell that asked for it gets two seconds to end by itself.</summary>
    public static CancellationToken Cancelled => CellDisplay.Cancelled;

    /// <summary>Ends the cell here if the reader interrupted it. The kernel adds a call to each loop of a cell.</summary>
    /// <exception cref="OperationCanceledException">The cell is to end.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static void Check()
    {
        if (CellDisplay.Stopping)
        {
            throw new OperationCanceledException("cell interrupted");
        }
    }
}
