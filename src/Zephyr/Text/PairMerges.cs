using System.Text;

namespace Zephyr.Text;

/// <summary>The heart of BPE training: words as rows of symbols, pairs with the places where they stand.</summary>
internal sealed class PairMerges
{
    /// <summary>Characters that mark what is not covered, and the end of text in C.</summary>
    public static readonly char[] Reserved = ['\u2585', '\0'];

    private readonly BpeTrainerOptions _options;
    private readonly List<(Symbol?[] Symbols, long Times)> _words = [];
    private readonly Dictionary<(Symbol, Symbol), Symbol?> _pairs = [];
    private readonly PriorityQueue<(Symbol Symbol, long Frequency), (long, Symbol)> _queue = new(new MostFrequentFirst());
    private readonly HashSet<Symbol> _stale = [];
    private int _seen;

    public PairMerges(Dictionary<string, long> words, HashSet<Rune> covered, BpeTrainerOptions options)
    {
        _options = options;
        var characters = new Dictionary<Rune, Symbol?>();
        foreach (var (word, times) in words.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal))
        {
            var symbols = new List<Symbol?>();
            foreach (var rune in word.EnumerateRunes())
            {
                if (!characters.TryGetValue(rune, out var symbol))
                {
                    characters[rune] = symbol = new(rune.ToString(), 1) { Uncovered = !covered.Contains(rune) };
                }

                symbols.Add(symbol);
            }

            _words.Add(([.. symbols], times));
            for (var right = 1; right < symbols.Count; right++)
            {
                AddPair(_words.Count - 1, right - 1, right);
            }
        }
    }

    /// <summary>The first <paramref name="count"/> merged pieces, fewer where the text never had so many pairs.</summary>
    public List<string> Learn(int count)
    {
        var learned = new List<string>(count);
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (learned.Count < count && MostFrequent() is { } best)
        {
            // The same text may arise from two pairs; the second is not merged. Of two places that overlap only the first still stands.
            if (known.Add(best.Text))
            {
                learned.Add(best.Text);
                foreach (var place in best.Places.Where(place => StandsAt(best, place)))
                {
                    Merge(best, place.Word, place.Left, place.Right);
                }
            }

            _pairs.Remove((best.Left!, best.Right!));
            _stale.Remove(best);
            best.Frequency = -1;
        }

        return learned;
    }

    private void Merge(Symbol best, int word, int left, int right)
    {
        var symbols = _words[word].Symbols;
        var next = Array.FindIndex(symbols, right + 1, symbol => symbol is not null);
        var before = left > 0 ? Array.FindLastIndex(symbols, left - 1, symbol => symbol is not null) : -1;
        Forget(best, symbols, before, left);
        Forget(best, symbols, right, next);
        (symbols[left], symbols[right]) = (best, null);
        AddPair(word, before, left);
        AddPair(word, left, next);
    }

    /// <summary>The pair's frequency is to be counted afresh.</summary>
    private void Forget(Symbol best, Symbol?[] symbols, int left, int right)
    {
        if (left >= 0 && right >= 0 && _pairs.GetValueOrDefault((symbols[left]!, symbols[right]!)) is { } pair && pair != best)
        {
            _stale.Add(pair);
        }
    }

    private void AddPair(int word, int left, int right)
    {
        if (left < 0 || right < 0)
        {
            return;
        }

        var (first, second) = (_words[word].Symbols[left]!, _words[word].Symbols[right]!);
        if (!_pairs.TryGetValue((first, second), out var pair))
        {
            var joined = new Symbol(first.Text + second.Text, first.Length + second.Length) { Left = first, Right = second, Number = _seen++ };
            var allowed = !first.Uncovered && !second.Uncovered && PieceRules.Allow(joined.Text, joined.Length, _options);
            _pairs[(first, second)] = pair = allowed ? joined : null;
        }

        if (pair is not null)
        {
            pair.Places.Add((word, left, right));
            _stale.Add(pair);
        }
    }

    /// <summary>The next pair to merge. When none occurs any more, those that once did follow, as in SentencePiece; null after the last.</summary>
    private Symbol? MostFrequent()
    {
        foreach (var symbol in _stale)
        {
            Count(symbol);
            _queue.Enqueue((symbol, symbol.Frequency), (symbol.Frequency, symbol));
        }

        _stale.Clear();
        while (_queue.TryDequeue(out var best, out _))
        {
            if (best.Frequency == best.Symbol.Frequency)
            {
                return best.Symbol;
            }
        }

        return null;
    }

    /// <summary>Drops the places where the pair no longer stands. Two that overlap count twice, as in SentencePiece ("aaa" holds "aa" twice).</summary>
    private void Count(Symbol symbol)
    {
        symbol.Places = [.. symbol.Places.Distinct().Where(place => StandsAt(symbol, place)).Order()];
        symbol.Frequency = symbol.Places.Sum(place => _words[place.Word].Times);
    }

    private bool StandsAt(Symbol symbol, (int Word, int Left, int Right) place) =>
        _words[place.Word].Symbols[place.Left] == symbol.Left && _words[place.Word].Symbols[place.Right] == symbol.Right;

    /// <summary>One character, or two symbols that became one.</summary>
    private sealed class Symbol(string text, int length)
    {
        public string Text { get; } = text;

        public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(text);

        public int Length { get; } = length; // in code points

        public int Number { get; init; } // by first sight

        public Symbol? Left { get; init; }

        public Symbol? Right { get; init; }

        public bool Uncovered { get; init; }

        public long Frequency { get; set; }

        public List<(int Word, int Left, int Right)> Places { get; set; } = [];
    }

    /// <summary>Higher frequency, then fewer characters, then lower code points (UTF-8 order), then the pair that was seen first.</summary>
    private sealed class MostFrequentFirst : IComparer<(long Frequency, Symbol Symbol)>
    {
        public int Compare((long Frequency, Symbol Symbol) one, (long Frequency, Symbol Symbol) other)
        {
            var byFrequency = other.Frequency.CompareTo(one.Frequency);
            var byLength = byFrequency != 0 ? byFrequency : one.Symbol.Length.CompareTo(other.Symbol.Length);
            var byText = byLength != 0 ? byLength : one.Symbol.Utf8.AsSpan().SequenceCompareTo(other.Symbol.Utf8);
            return byText != 0 ? byText : one.Symbol.Number.CompareTo(other.Symbol.Number);
        }
    }
}
