namespace Zephyr.Recipe;

/// <summary>Where a number comes from.</summary>
public enum EvidenceKind
{
    /// <summary>The paper says so.</summary>
    Paper,

    /// <summary>A model or data set card says so. Cards are partly generated and can be wrong.</summary>
    Card,

    /// <summary>The log of the released run shows it.</summary>
    Log,

    /// <summary>A released script or recipe file says so.</summary>
    Script,

    /// <summary>It follows from other evidence.</summary>
    Inferred,

    /// <summary>Measured with this kit or its forerunners.</summary>
    Measured,

    /// <summary>Nobody has said; the value is the usual one.</summary>
    Unknown,
}

/// <summary>A value and why it is believed.</summary>
/// <param name="Value">The value.</param>
/// <param name="Evidence">What kind of evidence there is.</param>
/// <param name="Source">Where to look, in a few words.</param>
public sealed record Sourced<T>(T Value, EvidenceKind Evidence, string Source);

/// <summary>Short ways to write a <see cref="Sourced{T}"/>.</summary>
internal static class From
{
    public static Sourced<T> Paper<T>(T value, string source) => new(value, EvidenceKind.Paper, source);

    public static Sourced<T> Card<T>(T value, string source) => new(value, EvidenceKind.Card, source);

    public static Sourced<T> Log<T>(T value, string source) => new(value, EvidenceKind.Log, source);

    public static Sourced<T> Script<T>(T value, string source) => new(value, EvidenceKind.Script, source);

    public static Sourced<T> Inferred<T>(T value, string source) => new(value, EvidenceKind.Inferred, source);

    public static Sourced<T> Measured<T>(T value, string source) => new(value, EvidenceKind.Measured, source);

    public static Sourced<T> Unknown<T>(T value, string source) => new(value, EvidenceKind.Unknown, source);
}
