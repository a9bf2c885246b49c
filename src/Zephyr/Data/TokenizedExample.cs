namespace Zephyr.Data;

/// <summary>One row for supervised fine-tuning: token ids and which of them are learned from. Still no tensors.</summary>
/// <param name="Ids">Token ids in reading order.</param>
/// <param name="Learned">True where the token is a target; as long as <paramref name="Ids"/>. The first token of a document never is one, whatever stands here.</param>
public sealed record TokenizedExample(int[] Ids, bool[] Learned)
{
    /// <summary>
    /// Lengths of the documents in a packed row whose borders hold: each document is read by itself and its positions restart. Null where the row is one
    /// document, or where the borders are ignored as in 2023.
    /// </summary>
    public IReadOnlyList<int>? Documents { get; init; }

    /// <summary>
    /// False on tokens that no later token may read, as long as <see cref="Ids"/>; null where all may be read, as in every new run. The released run's
    /// pairs hid each end of turn (<see cref="SeparatePair"/>).
    /// </summary>
    public bool[]? Seen { get; init; }

    /// <summary>A row with every token learned.</summary>
    public static TokenizedExample AllLearned(int[] ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return new(ids, [.. ids.Select(_ => true)]);
    }

    /// <summary>The first <paramref name="length"/> tokens; the row itself where it is not longer.</summary>
    public TokenizedExample First(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        return Ids.Length <= length ? this : Documents is null
            ? new(Ids[..length], Learned[..length]) { Seen = Seen?[..length] }
            : throw new InvalidOperationException("A packed row is not cut: cut its documents before packing.");
    }

    /// <summary>
    /// The targets of this row: position p for each learned token p that has a token before it in its document.
    /// </summary>
    /// <exception cref="ArgumentException">Ids, mask and document lengths disagree.</exception>
    public IEnumerable<int> Targets()
    {
        if (Seen is not null && (Seen.Length != Ids.Length || Documents is not null))
        {
            throw new ArgumentException(
                $"A row of {Ids.Length} ids has {Seen.Length} marks of what is seen and {Documents?.Count ?? 0} packed documents: give a mark for each id, and only to a row of its own.");
        }

        if (Ids.Length != Learned.Length || (Documents is not null && Documents.Sum() != Ids.Length))
        {
            throw new ArgumentException(
                $"A row of {Ids.Length} ids has a mask of {Learned.Length} and documents of {Documents?.Sum().ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no"} tokens.");
        }

        var start = 0;
        foreach (var length in Documents ?? [Ids.Length])
        {
            for (var position = start + 1; position < start + length; position++)
            {
                if (Learned[position])
                {
                    yield return position;
                }
            }

            start += length;
        }
    }
}
