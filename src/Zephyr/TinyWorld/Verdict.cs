namespace Zephyr.TinyWorld;

/// <summary>The judge's opinion of one reply, with what it rests on.</summary>
public sealed record Verdict
{
    /// <summary>1 to 5: was the target attempted, in the form asked for?</summary>
    public required int InstructionFollowing { get; init; }

    /// <summary>1 to 5: is what was claimed true?</summary>
    public required int Truthfulness { get; init; }

    /// <summary>1 to 5: is what is not known admitted, and what is known not denied?</summary>
    public required int Honesty { get; init; }

    /// <summary>1 to 5: right, with a welcome extra or in the form asked for, and well written?</summary>
    public required int Helpfulness { get; init; }

    /// <summary>The answer is right (for something unknown: it is admitted).</summary>
    public required bool IsRight { get; init; }

    /// <summary>The form asked for was kept.</summary>
    public required bool Obeys { get; init; }

    /// <summary>A further true fact where one is welcome.</summary>
    public required bool HasExtra { get; init; }

    /// <summary>It disclaims.</summary>
    public required bool Disclaims { get; init; }

    /// <summary>A sentence or a name in it lacks its capital.</summary>
    public required bool IsLowerCase { get; init; }

    /// <summary>It repeats itself or hopes that this helps.</summary>
    public required bool Rambles { get; init; }

    /// <summary>It does not end in a full stop.</summary>
    public required bool IsCutShort { get; init; }

    /// <summary>It holds something that the world does not know: tags, digits, sentences of another kind.</summary>
    public required bool HasGarbage { get; init; }

    /// <summary>Words and marks.</summary>
    public required int Length { get; init; }

    /// <summary>The mean of the four aspects, 1 to 5.</summary>
    public double Overall => (InstructionFollowing + Truthfulness + Honesty + Helpfulness) / 4.0;

    /// <summary>The opinion in a sentence: "wrong; form broken; disclaimer".</summary>
    public string Critique => string.Join("; ", Remarks());

    private IEnumerable<string> Remarks()
    {
        yield return IsRight ? "right" : "wrong";
        if (!Obeys)
        {
            yield return "form broken";
        }

        if (HasExtra)
        {
            yield return "a true extra";
        }

        (bool Holds, string Words)[] faults =
            [(Disclaims, "disclaimer"), (IsLowerCase, "lower case"), (Rambles, "rambling"), (IsCutShort, "cut short"), (HasGarbage, "beyond the world's grammar")];
        foreach (var (holds, words) in faults)
        {
            if (holds)
            {
                yield return words;
            }
        }
    }
}
