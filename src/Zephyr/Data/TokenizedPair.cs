namespace Zephyr.Data;

/// <summary>One preference pair as token ids: a prompt and two responses to it. Responses are learned from, prompts are not.</summary>
/// <param name="Prompt">The rendered prompt up to the point where the assistant speaks.</param>
/// <param name="Chosen">The preferred response with its end token.</param>
/// <param name="Rejected">The other response with its end token.</param>
public sealed record TokenizedPair(int[] Prompt, int[] Chosen, int[] Rejected)
{
    /// <summary>Which ids later ones may read; null where all may be read, as in every new run. The released run hid each end of turn.</summary>
    public SeenTokens? Seen { get; init; }

    /// <summary>
    /// Pairs cut to <paramref name="length"/> tokens: the first ones of prompt and response are kept; a pair whose prompt alone fills the row is dropped and named.
    /// </summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="length">Ids that prompt and response may have together, at least 2.</param>
    /// <remarks>Source: TRL's keep_start.</remarks>
    public static TokenizedRows<TokenizedPair> Truncate(IEnumerable<TokenizedPair> pairs, int length)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        var (rows, dropped, cut) = (new List<TokenizedPair>(), new List<DroppedRow>(), 0);
        foreach (var (index, pair) in pairs.Index())
        {
            if (pair.Prompt.Length >= length)
            {
                dropped.Add(new(index, $"its prompt alone has {pair.Prompt.Length} ids, the limit is {length}"));
                continue;
            }

            rows.Add(pair.First(length));
            cut += ReferenceEquals(rows[^1], pair) ? 0 : 1;
        }

        return new(rows, cut, dropped);
    }

    private TokenizedPair First(int length)
    {
        var room = length - Prompt.Length;
        T[] Cut<T>(T[] items) => items[..Math.Min(room, items.Length)];
        return Chosen.Length <= room && Rejected.Length <= room
            ? this
            : new(Prompt, Cut(Chosen), Cut(Rejected)) { Seen = Seen is null ? null : new(Seen.Prompt, Cut(Seen.Chosen), Cut(Seen.Rejected)) };
    }
}

/// <summary>Which ids of a pair later ones may read: a mark for each.</summary>
/// <param name="Prompt">Of the prompt.</param>
/// <param name="Chosen">Of the preferred response.</param>
/// <param name="Rejected">Of the other response.</param>
public sealed record SeenTokens(bool[] Prompt, bool[] Chosen, bool[] Rejected);
