namespace Zephyr.Cli.Doctor;

/// <summary>How one thing that doctor looked at stands.</summary>
public enum Verdict
{
    /// <summary>As it should be.</summary>
    Well,

    /// <summary>Works, but the reader should know.</summary>
    Note,

    /// <summary>Something will not work.</summary>
    Ill,
}

/// <summary>One thing looked at: what it is, how it stands, and for anything ill the remedy.</summary>
/// <param name="What">A word or two: "native library", "disk".</param>
/// <param name="Verdict">How it stands.</param>
/// <param name="Words">What was found, in a sentence.</param>
/// <param name="Remedy">The command or step that mends it; null when nothing needs mending.</param>
public sealed record Finding(string What, Verdict Verdict, string Words, string? Remedy = null);
