using System.IO.Compression;
using Zephyr.Text;

namespace Zephyr.Tests.Text;

public sealed class BpeTrainerTests
{
    private static readonly BpeTrainerOptions Bare = new() { VocabularySize = 3, ByteFallback = false };

    [Fact]
    public void Learns_the_merges_of_the_paper_example()
    {
        // Sennrich et al. 2016, algorithm 1: low 5, lower 2, newest 6, widest 3. Pairs by hand, ties by code point:
        // es 9 and st 9 -> es; est 9; (lo 7 and ow 7) -> lo; low 7; then ▁low 7, ew 6 and ne 6 and we 6 ... of two characters first: ew.
        string[] words = ["low", "low", "low", "low", "low", "lower", "lower", .. Enumerable.Repeat("newest", 6), "widest", "widest", "widest"];

        var model = BpeTrainer.Train(words, Bare with { VocabularySize = 3 + 5 + 11 });

        Assert.Equal(["es", "est", "lo", "low", "\u2581low"], model.Pieces.Skip(3).Take(5).Select(piece => piece.Text));
        Assert.Equal([0f, -1, -2, -3, -4], model.Pieces.Skip(3).Take(5).Select(piece => piece.Score));
    }

    [Fact]
    public void Overlapping_pairs_count_twice()
    {
        // SentencePiece finds two "aa" in "aaa": three times "aaa" is more than four times "bc".
        var model = BpeTrainer.Train(["aaa", "aaa", "aaa", "bc", "bc", "bc", "bc"], Bare with { VocabularySize = 3 + 4 + 1, AddDummyPrefix = false });

        Assert.Equal("aa", model.Pieces[3].Text);
    }

    [Theory]
    [InlineData("a1", "12")] // digits stay alone
    [InlineData("<|ab", "|a")] // scripts do not mix
    [InlineData("a b", "a\u2581")] // spaces lead
    public void Some_pairs_are_never_pieces(string word, string never)
    {
        var lines = Enumerable.Repeat(word + word + "xy", 10).ToArray();

        var merged = BpeTrainer.Train(lines, Bare with { VocabularySize = 3 + lines[0].Append('\u2581').Where(letter => letter != ' ').Distinct().Count() + 1 });

        Assert.DoesNotContain(merged.Pieces, piece => piece.Text.Contains(never, StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_vocabulary_cannot_hold_or_the_text_cannot_give_is_said()
    {
        Assert.Contains("cannot hold", Assert.Throws<ArgumentException>(() => BpeTrainer.Train(["abc"], Bare)).Message, StringComparison.Ordinal);
        Assert.Contains("Give more text", Assert.Throws<ArgumentException>(() => BpeTrainer.Train(["abc"], Bare with { VocabularySize = 40 })).Message, StringComparison.Ordinal);
        Assert.Contains("U+2585", Assert.Throws<ArgumentException>(() => BpeTrainer.Train(["a\u2585"], Bare)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Specials_written_out_in_the_text_are_not_learned()
    {
        var model = BpeTrainer.Train(["ab</s>ab<0x0A>ab<s>", "<unk>ab"], new() { VocabularySize = 3 + 256 + 3 + 2 });

        Assert.Equal(["ab", "\u2581ab"], model.Pieces.Skip(259).Take(2).Select(piece => piece.Text));
        Assert.DoesNotContain(model.Pieces.Skip(259), piece => piece.Text.Contains('<', StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_break_stays_a_byte()
    {
        var model = BpeTrainer.Train(["ab\nab", "ab"], new() { VocabularySize = 3 + 256 + 3 + 2 });

        Assert.Equal("\u2581ab <0x0A> ab", string.Join(' ', new SentencePieceBpe(model).Encode("ab\nab").Select(id => model.Pieces[id].Text)));
    }
}

[Trait("Golden", "yes")]
public sealed class BpeTrainerGoldenTests
{
    public static TheoryData<string> Corpora => TokenizerFiles.Named(".training.txt.gz");

    /// <summary>SentencePiece 0.2.3 trained on the same lines: every piece, its place, score and type.</summary>
    [Theory]
    [MemberData(nameof(Corpora))]
    public void Pieces_are_those_of_the_reference_trainer(string name) => Compare(name, name);

    [Fact]
    public void Pieces_without_split_digits_are_those_of_the_reference_trainer() => Compare("tiny-sp", "sp-variant.no-split-digits");

    [Fact]
    public void Pieces_without_dummy_prefix_are_those_of_the_reference_trainer() => Compare("tiny-sp", "sp-variant.no-dummy-prefix");

    [Fact]
    public void Pieces_without_bytes_are_those_of_the_reference_trainer() => Compare("tiny-sp", "sp-variant.no-byte-fallback");

    private static void Compare(string corpus, string model)
    {
        var path = GoldenFiles.At("tokenizer", corpus + ".training.txt.gz");
        Assert.SkipUnless(File.Exists(path), $"{path} is not there.");
        var reference = SentencePieceModel.Read(GoldenFiles.At("tokenizer", model + ".model"));
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));

        var trained = BpeTrainer.Train([reader.ReadToEnd()], new()
        {
            VocabularySize = reference.Pieces.Count,
            CharacterCoverage = reference.CharacterCoverage,
            SplitDigits = reference.SplitDigits,
            AddDummyPrefix = reference.AddDummyPrefix,
            ByteFallback = reference.Pieces.Any(piece => piece.Type == PieceType.Byte),
        });

        Assert.Equal(reference.Pieces, trained.Pieces);
    }
}
