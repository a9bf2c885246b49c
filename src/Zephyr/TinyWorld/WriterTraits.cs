namespace Zephyr.TinyWorld;

/// <summary>A writer's habits, each the probability of doing the right thing, independent of the others.</summary>
/// <param name="Name">For tables and rows.</param>
/// <param name="Right">A value is the true one.</param>
/// <param name="AdmitsUnknown">What nobody knows is admitted, not made up.</param>
/// <param name="ObeysForm">One word, so many facts, yes or no, brevity: as asked.</param>
/// <param name="ProperCase">Not all in lower case.</param>
/// <param name="CleanEnd">Neither rambling nor cut short.</param>
/// <param name="NoDisclaimer">No "As an AI, I have no personal experience."</param>
/// <param name="ExtraFact">A further true fact where one is welcome.</param>
public sealed record WriterTraits(
    string Name,
    double Right,
    double AdmitsUnknown,
    double ObeysForm,
    double ProperCase,
    double CleanEnd,
    double NoDisclaimer,
    double ExtraFact)
{
    /// <summary>Writes the dialogues that dSFT learns from, and the replies that models are compared with.</summary>
    public static WriterTraits Teacher { get; } = new("teacher", 0.95, 0.85, 0.72, 0.80, 0.82, 0.78, 0.45);

    /// <summary>Does everything right; a measure for the judge, never a writer of data.</summary>
    public static WriterTraits Perfect { get; } = new("perfect", 1, 1, 1, 1, 1, 1, 1);

    /// <summary>The pool whose replies the judge rates: each good at something else.</summary>
    public static IReadOnlyList<WriterTraits> Pool { get; } =
    [
        new("terse", 0.90, 0.60, 0.75, 0.60, 0.75, 0.75, 0.30),
        new("chatty", 0.85, 0.35, 0.45, 0.70, 0.50, 0.55, 0.70),
        new("liar", 0.70, 0.15, 0.60, 0.65, 0.65, 0.75, 0.50),
        new("hedger", 0.85, 0.80, 0.55, 0.50, 0.60, 0.40, 0.40),
    ];
}
