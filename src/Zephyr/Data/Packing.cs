namespace Zephyr.Data;

/// <summary>Joins short documents into rows of one length, so that little of a batch is padding.</summary>
public static class Packing
{
    /// <summary>
    /// The documents end to end, cut into rows of <paramref name="length"/> wherever that falls; the last row may be shorter. Borders are ignored: a token may
    /// read the document before its own.
    /// </summary>
    /// <param name="documents">Documents in order; what marks their ends is part of them.</param>
    /// <param name="length">Tokens a row.</param>
    /// <remarks>TRL's <c>wrapped</c>. TRL packs 1,000 documents at a time; chunk the documents and pack each chunk to do the same.</remarks>
    public static IReadOnlyList<TokenizedExample> Wrapped(IEnumerable<TokenizedExample> documents, int length)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);

        var ids = new List<int>();
        var learned = new List<bool>();
        foreach (var document in documents)
        {
            ids.AddRange(document.Ids);
            learned.AddRange(document.Learned);
        }

        return Cut(ids, learned, length);
    }

    /// <summary>
    /// Best-fit decreasing: the longest document first, each into the fullest row that still has room. Borders hold: every document is read by itself,
    /// positions restart, its first token is no target.
    /// </summary>
    /// <param name="documents">Documents; an empty one is an error.</param>
    /// <param name="length">Tokens a row at most.</param>
    /// <param name="split">True packs the rest of a document longer than a row as further documents (TRL's <c>bfd_split</c>); false drops it (<c>bfd</c>).</param>
    /// <exception cref="ArgumentException">A document has no tokens.</exception>
    public static IReadOnlyList<TokenizedExample> BestFitDecreasing(IEnumerable<TokenizedExample> documents, int length, bool split = false)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);

        var parts = documents.SelectMany(document => Parts(document, length, split)).ToList();
        return [.. BestFitRows.Of([.. parts.Select(part => part.Ids.Length)], length).Select(row => Joined(row.Select(part => parts[part])))];
    }

    /// <summary>
    /// The packing of the released run (TRL 0.7.4's ConstantLengthDataset): an end token after every document, joined and cut into rows of exactly
    /// <paramref name="length"/>; borders ignored, every token learned. Documents are gathered in buffers by their text's length, and what is left of a
    /// buffer after its last whole row is dropped.
    /// </summary>
    /// <param name="documents">Ids of each document, beginning token included, with the number of characters (code points) of its text.</param>
    /// <param name="length">Tokens a row.</param>
    /// <param name="endId">The id put after each document.</param>
    /// <param name="rowsPerBuffer">Rows that a buffer is meant to hold (<c>num_of_sequences</c>).</param>
    /// <param name="charactersPerToken">Characters reckoned for a token when a buffer is filled.</param>
    /// <remarks>That release shuffled the rows inside a buffer; here order is the trainer's business.</remarks>
    public static IReadOnlyList<TokenizedExample> Trl074(
        IEnumerable<(int[] Ids, int Characters)> documents, int length, int endId, int rowsPerBuffer = 1024, double charactersPerToken = 3.6)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsPerBuffer, 1);

        var room = length * charactersPerToken * rowsPerBuffer;
        var rows = new List<TokenizedExample>();
        var (buffer, characters) = (new List<int>(), 0L);
        void Empty()
        {
            rows.AddRange(Cut(buffer, null, length).Where(row => row.Ids.Length == length));
            buffer.Clear();
            characters = 0;
        }

        foreach (var document in documents)
        {
            if (characters >= room)
            {
                Empty();
            }

            buffer.AddRange(document.Ids);
            buffer.Add(endId);
            characters += document.Characters;
        }

        Empty();
        return rows;
    }

    private static List<TokenizedExample> Cut(List<int> ids, List<bool>? learned, int length)
    {
        var rows = new List<TokenizedExample>();
        for (var start = 0; start < ids.Count; start += length)
        {
            var count = Math.Min(length, ids.Count - start);
            int[] row = [.. ids.GetRange(start, count)];
            rows.Add(learned is null ? TokenizedExample.AllLearned(row) : new(row, [.. learned.GetRange(start, count)]));
        }

        return rows;
    }

    private static IEnumerable<TokenizedExample> Parts(TokenizedExample document, int length, bool split)
    {
        if (document.Ids.Length == 0)
        {
            throw new ArgumentException("A document without tokens cannot be packed: leave it out.", nameof(document));
        }

        var end = split ? document.Ids.Length : 1;
        for (var start = 0; start < end; start += length)
        {
            var stop = Math.Min(start + length, document.Ids.Length);
            yield return new(document.Ids[start..stop], document.Learned[start..stop]);
        }
    }

    private static TokenizedExample Joined(IEnumerable<TokenizedExample> documents)
    {
        var row = documents.ToList();
        return new([.. row.SelectMany(document => document.Ids)], [.. row.SelectMany(document => document.Learned)])
        {
            Documents = [.. row.Select(document => document.Ids.Length)],
        };
    }
}
