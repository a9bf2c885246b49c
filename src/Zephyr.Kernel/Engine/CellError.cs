namespace Zephyr.Kernel.Engine;

/// <summary>Why a cell ended early, as the protocol tells it.</summary>
/// <param name="Name">The exception's type, <c>CompilationError</c> or <c>KeyboardInterrupt</c>.</param>
/// <param name="Message">What went wrong.</param>
/// <param name="Traceback">Lines for the reader: only places in cells, innermost first.</param>
/// <param name="Line">Line of the cell that ran, from 1; null where no line of it is to blame.</param>
internal sealed record CellError(string Name, string Message, IReadOnlyList<string> Traceback, int? Line = null)
{
    /// <summary>The reader stopped the cell.</summary>
    public static CellError Interrupted { get; } = new("KeyboardInterrupt", "cell interrupted", ["KeyboardInterrupt: cell interrupted"]);
}
