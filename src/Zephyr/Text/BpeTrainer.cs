using System.Buffers;
using System.Text;

namespace Zephyr.Text;

/// <summary>
/// Trains a SentencePiece BPE vocabulary: merge the most frequent neighbouring pair, again and again. The pieces and their order are those of
/// <c>spm_train --model_type=bpe</c> with identity normalisation; the model file loads wherever SentencePiece's do.
/// </summary>
/// <remarks>
/// Source: Sennrich et al. 2016; ties and limits after bpe_model_trainer.cc of github.com/google/sentencepiece: among equally frequent pairs the
/// shorter piece, then the lower code points. Specials are unk 0, bos 1, eos 2, no padding. Unlike spm_train, no line is too long to be used.
/// </remarks>
public static class BpeTrainer
{
    /// <summary>Trains on texts; a line break ends a line and is itself left to the byte pieces.</summary>
    /// <param name="texts">Each non-empty line counts, as often as it comes. Specials written out are left out.</param>
    /// <param name="options">The vocabulary wanted.</param>
    /// <exception cref="ArgumentException">The text has too little for that many pieces, or its characters alone need more; or it holds U+2585 or U+0000, which training reserves.</exception>
    public static SentencePieceModel Train(IEnumerable<string> texts, BpeTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        var specials = Specials(options.ByteFallback);
        var words = CountWords(texts, options.AddDummyPrefix, SearchValues.Create([.. specials.Select(special => special.Text)], StringComparison.Ordinal));
        var characters = Covered(words, options.CharacterCoverage);
        var merges = options.VocabularySize - specials.Count - characters.Count;
        if (merges < 0)
        {
            throw new ArgumentException($"A vocabulary of {options.VocabularySize} cannot hold {specials.Count} specials and bytes and {characters.Count} single characters. "
                + "Ask for more pieces, or for a lower CharacterCoverage.", nameof(options));
        }

        var learned = new PairMerges(words, [.. characters], options).Learn(merges);
        if (learned.Count < merges)
        {
            throw new ArgumentException($"The text gives {learned.Count} merges, a vocabulary of {options.VocabularySize} needs {merges}. Give more text, or ask for fewer pieces.", nameof(options));
        }

        var pieces = learned.Concat(characters.Select(rune => rune.ToString())).Select((text, rank) => new SentencePiece(text, -(float)rank));
        return new()
        {
            Pieces = [.. specials, .. pieces],
            AddDummyPrefix = options.AddDummyPrefix,
            SplitDigits = options.SplitDigits,
            CharacterCoverage = (float)options.CharacterCoverage,
        };
    }

    private static List<SentencePiece> Specials(bool bytes) =>
    [
        new("<unk>", 0, PieceType.Unknown),
        new("<s>", 0, PieceType.Control),
        new("</s>", 0, PieceType.Control),
        .. Enumerable.Range(0, bytes ? 256 : 0).Select(value => new SentencePiece($"<0x{value:X2}>", 0, PieceType.Byte)),
    ];

    /// <summary>How often each word comes; a word is a space and what follows up to the next.</summary>
    private static Dictionary<string, long> CountWords(IEnumerable<string> texts, bool addDummyPrefix, SearchValues<string> specials)
    {
        var words = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in texts.SelectMany(text => text.Split('\n')).Where(line => line.Length > 0))
        {
            if (line.IndexOfAny(PairMerges.Reserved) is >= 0 and var at)
            {
                throw new ArgumentException($"A line holds U+{(int)line[at]:X4}, which training reserves: '{line}'. Take it out.", nameof(texts));
            }

            var text = Cut(addDummyPrefix ? " " + line : line, specials).Replace(' ', BpeVocabulary.Space);
            for (var start = 0; start < text.Length;)
            {
                var end = text.IndexOf(BpeVocabulary.Space, start + 1);
                end = end < 0 ? text.Length : end;
                var word = text[start..end];
                words[word] = words.GetValueOrDefault(word) + 1;
                start = end;
            }
        }

        return words;
    }

    /// <summary>Puts a tab, which joins nothing, in place of specials written out in the text (<c>&lt;/s&gt;</c>, <c>&lt;0x0A&gt;</c>).</summary>
    private static string Cut(string line, SearchValues<string> specials)
    {
        for (var at = line.AsSpan().IndexOfAny(specials); at >= 0; at = line.AsSpan().IndexOfAny(specials))
        {
            line = string.Concat(line.AsSpan(0, at), "\t", line.AsSpan(line.IndexOf('>', at) + 1));
        }

        return line;
    }

    /// <summary>The most frequent characters until their share reaches the coverage, most frequent first, equals by code point.</summary>
    private static List<Rune> Covered(Dictionary<string, long> words, double coverage)
    {
        var counts = new Dictionary<Rune, long>();
        foreach (var (word, times) in words)
        {
            foreach (var rune in word.EnumerateRunes())
            {
                counts[rune] = counts.GetValueOrDefault(rune) + times;
            }
        }

        var (all, reached) = (counts.Values.Sum(), 0L);
        var covered = new List<Rune>();
        foreach (var (rune, times) in counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key.Value))
        {
            if ((float)(1.0 * reached / all) >= (float)coverage)
            {
                break;
            }

            reached += times;
            if (rune.Value != '\t') // SentencePiece leaves tabs to the bytes
            {
                covered.Add(rune);
            }
        }

        return covered;
    }
}
