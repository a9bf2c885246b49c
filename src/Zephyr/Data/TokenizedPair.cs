namespace Zephyr.Data;

/// <summary>One preference pair as token ids: a prompt and two responses to it. Responses are learned from, prompts are not.</summary>
/// <param name="Prompt">The rendered prompt up to the point where the assistant speaks.</param>
/// <param name="Chosen">The preferred response with its end token.</param>
/// <param name="Rejected">The other response with its end token.</param>
public sealed record TokenizedPair(int[] Prompt, int[] Chosen, int[] Rejected)
{
    /// <summary>
    /// Pairs cut to <paramref name="length"/> tokens: the first ones of prompt and response are kept; a pair whose prompt alone fills the row is dropped.
    /// </summary>
    /// <remarks>Source: TRL's keep_start.</remarks>
    public static IReadOnlyList<TokenizedPair> Truncate(IEnumerable<TokenizedPair> pairs, int length)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        return [.. pairs.Where(pair => pair.Prompt.Length < length).Select(pair => pair.First(length))];
    }

    private TokenizedPair First(int length)
    {
        var room = length - Prompt.Length;
        return Chosen.Length <= room && Rejected.Length <= room
            ? this
            : new(Prompt, Chosen[..Math.Min(room, Chosen.Length)], Rejected[..Math.Min(room, Rejected.Length)]);
    }
}
