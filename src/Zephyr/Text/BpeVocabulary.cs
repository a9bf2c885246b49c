using System.Globalization;
using System.Text;

namespace Zephyr.Text;

/// <summary>A piece found in a text.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Start">Where its characters begin (UTF-16).</param>
/// <param name="Length">How many there are; 0 for a space marker that stands for nothing in the text.</param>
internal readonly record struct FoundPiece(int Id, int Start, int Length);

/// <summary>
/// The merges of SentencePiece BPE: again and again the neighbouring pair whose joined piece has the highest score, among equals the leftmost.
/// What no merge reaches is spelt in bytes, or is unknown.
/// </summary>
internal sealed class BpeVocabulary
{
    private readonly Dictionary<string, (int Id, int Rank)>.AlternateLookup<ReadOnlySpan<char>> _normal;
    private readonly int[] _bytes = new int[256];
    private readonly bool _hasBytes;
    private readonly int _unkId;

    public BpeVocabulary(SentencePieceModel model)
    {
        // Rank 0 is the highest score; equal scores share a rank.
        var ranks = model.Pieces.Where(piece => piece.Type == PieceType.Normal).Select(piece => piece.Score).Distinct().OrderDescending()
            .Select((score, rank) => (score, rank)).ToDictionary(entry => entry.score, entry => entry.rank);
        var normal = new Dictionary<string, (int, int)>(StringComparer.Ordinal);
        Array.Fill(_bytes, model.UnkId);
        for (var id = 0; id < model.Pieces.Count; id++)
        {
            var (text, score, type) = model.Pieces[id];
            if (type == PieceType.Normal && !normal.TryAdd(text, (id, ranks[score])))
            {
                throw new InvalidDataException($"Piece '{text}' stands twice in the vocabulary: ids {normal[text].Item1} and {id}.");
            }

            if (type == PieceType.Byte)
            {
                _bytes[ByteOf(text)] = id;
                _hasBytes = true;
            }
        }

        _normal = normal.GetAlternateLookup<ReadOnlySpan<char>>();
        _unkId = model.UnkId;
        SpacesOnlyLead = normal.Keys.All(text => text.AsSpan().TrimStart(Space).IndexOf(Space) < 0);
    }

    /// <summary>U+2581, which stands for a space in pieces.</summary>
    public const char Space = '\u2581';

    /// <summary>True where no piece has a space behind another character: then words never merge with each other and can be encoded one by one.</summary>
    public bool SpacesOnlyLead { get; }

    /// <summary>The byte that a piece such as <c>&lt;0x0A&gt;</c> stands for.</summary>
    public static byte ByteOf(string piece) =>
        piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal) && piece[5] == '>'
        && byte.TryParse(piece.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidDataException($"Byte piece '{piece}' does not have the form <0x0A>.");

    /// <summary>The pieces of a text whose spaces are U+2581 already.</summary>
    public List<FoundPiece> Merge(ReadOnlySpan<char> text)
    {
        var symbols = Characters(text);
        var queue = new PriorityQueue<(int Left, int Right, int Length), long>();
        for (var right = 1; right < symbols.Count; right++)
        {
            Offer(queue, symbols, text, right - 1, right);
        }

        while (queue.TryDequeue(out var best, out _))
        {
            var (left, right) = (symbols[best.Left], symbols[best.Right]);
            if (left.Length == 0 || right.Length == 0 || left.Next != best.Right || left.Length + right.Length != best.Length)
            {
                continue; // one of the two has merged otherwise since
            }

            symbols[best.Left] = left with { Length = best.Length, Next = right.Next };
            symbols[best.Right] = right with { Length = 0 };
            if (right.Next < symbols.Count)
            {
                symbols[right.Next] = symbols[right.Next] with { Previous = best.Left };
            }

            Offer(queue, symbols, text, left.Previous, best.Left);
            Offer(queue, symbols, text, best.Left, right.Next);
        }

        var found = new List<FoundPiece>(symbols.Count);
        foreach (var symbol in symbols)
        {
            if (symbol.Length > 0)
            {
                Spell(text, symbol, found);
            }
        }

        return found;
    }

    private void Offer(PriorityQueue<(int, int, int), long> queue, List<Symbol> symbols, ReadOnlySpan<char> text, int left, int right)
    {
        if (left >= 0 && right < symbols.Count)
        {
            var length = symbols[left].Length + symbols[right].Length;
            if (_normal.TryGetValue(text.Slice(symbols[left].Start, length), out var joined))
            {
                queue.Enqueue((left, right, length), ((long)joined.Rank << 32) | (uint)left);
            }
        }
    }

    /// <summary>One symbol a code point.</summary>
    private static List<Symbol> Characters(ReadOnlySpan<char> text)
    {
        var symbols = new List<Symbol>(text.Length);
        for (var start = 0; start < text.Length;)
        {
            var length = char.IsHighSurrogate(text[start]) && start + 1 < text.Length && char.IsLowSurrogate(text[start + 1]) ? 2 : 1;
            symbols.Add(new(start, length, symbols.Count - 1, symbols.Count + 1));
            start += length;
        }

        return symbols;
    }

    private void Spell(ReadOnlySpan<char> text, Symbol symbol, List<FoundPiece> found)
    {
        var spelt = text.Slice(symbol.Start, symbol.Length);
        if (_normal.TryGetValue(spelt, out var piece))
        {
            found.Add(new(piece.Id, symbol.Start, symbol.Length));
        }
        else if (_hasBytes)
        {
            Span<byte> utf8 = stackalloc byte[4];
            foreach (var value in utf8[..Encoding.UTF8.GetBytes(spelt, utf8)])
            {
                found.Add(new(_bytes[value], symbol.Start, symbol.Length));
            }
        }
        else
        {
            found.Add(new(_unkId, symbol.Start, symbol.Length));
        }
    }

    /// <summary>A run of characters in a doubly linked list; length 0 once it is part of its left neighbour.</summary>
    private readonly record struct Symbol(int Start, int Length, int Previous, int Next);
}
