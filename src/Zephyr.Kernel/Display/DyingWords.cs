namespace Zephyr.Kernel.Display;

/// <summary>
/// Knows when the runtime says why it ends the process: a stack overflow, a fatal error. The process has no time left then to hand the
/// words on to a front end, so they belong where they would have gone.
/// </summary>
internal static class DyingWords
{
    /// <summary>Whether these bytes begin with such words.</summary>
    public static bool Are(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("Stack overflow."u8) || bytes.StartsWith("Fatal error."u8)
        || bytes.StartsWith("Process terminated."u8) || bytes.StartsWith("Unhandled exception."u8);
}
