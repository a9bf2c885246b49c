namespace Zephyr.Kernel.Words;

/// <summary>The running cell.</summary>
public static class Cell
{
    /// <summary>Is cancelled when the reader interrupts the cell. A cell that asked for it gets two seconds to end by itself.</summary>
    public static CancellationToken Cancelled => CellDisplay.Cancelled;
}
