namespace Zephyr.Data;

/// <summary>A row that was left out, and why.</summary>
/// <param name="Index">Its place in the rows that were given, from 0.</param>
/// <param name="Reason">In words, with the numbers.</param>
public sealed record DroppedRow(int Index, string Reason);

/// <summary>Rows as ids. What was left out is named; nothing disappears in silence.</summary>
/// <param name="Rows">In the order given.</param>
/// <param name="Cut">How many of them lost tokens to the length limit.</param>
/// <param name="Dropped">Those that nothing could be learned from.</param>
public sealed record TokenizedRows<T>(IReadOnlyList<T> Rows, int Cut, IReadOnlyList<DroppedRow> Dropped);
