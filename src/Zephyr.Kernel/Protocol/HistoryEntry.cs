namespace Zephyr.Kernel.Protocol;

/// <summary>A cell that ran.</summary>
/// <param name="Session">Sessions are counted from 1, the oldest that is remembered.</param>
/// <param name="Number">The cell's execution count.</param>
/// <param name="Code">Its text.</param>
internal sealed record HistoryEntry(int Session, int Number, string Code);
