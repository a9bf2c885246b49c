namespace Zephyr.Cli;

/// <summary>The words on the command line are not understood; the message says which and what would be.</summary>
internal sealed class UsageException(string message) : Exception(message);
