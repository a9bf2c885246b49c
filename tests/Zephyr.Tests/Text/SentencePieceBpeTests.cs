using Zephyr.Text;

namespace Zephyr.Tests.Text;

[Trait("Golden", "yes")]
public sealed class SentencePieceBpeGoldenTests
{
    public static TheoryData<string> IdFiles => TokenizerFiles.Named(".ids.jsonl");

    public static TheoryData<string> DecodeFiles => TokenizerFiles.Named(".decode.jsonl");

    [Theory]
    [MemberData(nameof(IdFiles))]
    public void Every_text_has_the_reference_ids(string name)
    {
        var tokenizer = TokenizerFiles.TokenizerOf(name);
        var addBos = tokenizer.Rule != SegmentRule.PlainText;
        var wrong = new List<string>();
        foreach (var row in GoldenFiles.Lines("tokenizer", name + ".ids.jsonl"))
        {
            var text = TokenizerFiles.Texts[row.Text("id")];
            var ids = tokenizer.Encode(text, addBos);
            if (!ids.SequenceEqual(row.Ints("ids")))
            {
                wrong.Add($"{row.Text("id")}: [{string.Join(' ', ids)}], expected [{string.Join(' ', row.Ints("ids"))}]");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} differ, first: {wrong.FirstOrDefault()}");
    }

    /// <summary>A text comes back as it was unless the file lists what comes back instead.</summary>
    [Theory]
    [MemberData(nameof(DecodeFiles))]
    public void Every_text_comes_back_as_the_reference_gives_it(string name)
    {
        var tokenizer = TokenizerFiles.TokenizerOf(name);
        var legacy = tokenizer.Rule == SegmentRule.Legacy;
        var listed = GoldenFiles.Lines("tokenizer", name + ".decode.jsonl").ToDictionary(row => row.Text("id"));
        foreach (var row in GoldenFiles.Lines("tokenizer", name + ".ids.jsonl"))
        {
            var (id, ids) = (row.Text("id"), row.Ints("ids"));
            var text = TokenizerFiles.Texts[id];
            var known = listed.TryGetValue(id, out var other);
            Assert.Equal((id, known ? other.Text(legacy ? "skip_special" : "decoded") : text), (id, tokenizer.Decode(ids)));
            if (legacy)
            {
                var shown = known ? other.Text("keep_special") : text.Length == 0 ? "<s>" : "<s> " + text;
                Assert.Equal((id, shown), (id, tokenizer.Decode(ids, showSpecial: true)));
            }
        }
    }

    [Fact]
    public void Streams_show_each_character_when_the_reference_shows_it()
    {
        var seen = 0;
        foreach (var row in GoldenFiles.Lines("tokenizer", "streaming.jsonl").Where(row => row.Text("tokenizer") == "mistral"))
        {
            var stream = TokenizerFiles.TokenizerOf("mistral").StartStream(row.GetProperty("at_start").GetBoolean());
            var pieces = row.Ints("ids").Select(stream.Push).ToArray();

            Assert.Equal(row.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString()!), pieces);
            Assert.Equal(row.Text("flush"), stream.Flush());
            seen++;
        }

        Assert.True(seen > 0, "streaming.jsonl has no row for mistral.");
    }

    [Fact]
    public void Streams_of_the_byte_level_tokenizer_wait_for_that_tokenizer() =>
        Assert.Skip("streaming.jsonl, tokenizer smollm2: byte-level BPE (tokenizer.json) is not read yet.");

    /// <summary>The three variants that the folder's README names; every other model must load.</summary>
    [Theory]
    [InlineData("sp-variant.nfkc-trim", "normalizer_spec.precompiled_charsmap")]
    [InlineData("sp-variant.all-three", "normalizer_spec.precompiled_charsmap")]
    [InlineData("sp-variant.space-suffix", "trainer_spec.treat_whitespace_as_suffix")]
    public void Models_that_need_more_are_refused_by_field(string name, string field)
    {
        var model = GoldenFiles.At("tokenizer", name + ".model");
        Assert.SkipUnless(File.Exists(model), $"{model} is not there.");

        var refused = Assert.Throws<InvalidDataException>(() => SentencePieceBpe.Load(model));

        Assert.StartsWith($"{model}: {field} is not supported", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_refused_variants_do_not_load()
    {
        var refused = Directory.GetFiles(GoldenFiles.At("tokenizer"), "*.model").Where(model => Record.Exception(() => SentencePieceBpe.Load(model)) is not null);

        Assert.Empty(refused.Select(model => Path.GetFileName(model)).Except(["sp-variant.nfkc-trim.model", "sp-variant.all-three.model", "sp-variant.space-suffix.model"]));
    }

    [Theory]
    [MemberData(nameof(IdFiles))]
    public void Places_of_pieces_cover_the_text_without_gaps(string name)
    {
        var tokenizer = TokenizerFiles.TokenizerOf(name);
        foreach (var text in TokenizerFiles.Texts.Values)
        {
            var reached = 0;
            foreach (var piece in tokenizer.EncodeToTokens(text, out _))
            {
                var (start, end) = (piece.Offset.Start.Value, piece.Offset.End.Value);
                Assert.True(start == reached || end == reached, $"{name}: a piece at {start}..{end} after {reached} in {text}");
                reached = Math.Max(reached, end);
            }

            Assert.Equal(text.Length, reached);
        }
    }
}

public sealed class SentencePieceBpeTests
{
    // Pieces: specials, all bytes, then what a hand can merge: "ab" before "bc" before "abc".
    private static readonly SentencePieceBpe Small = new(ModelOf("\u2581", "a", "b", "c", "ab", "bc", "abc", "\u2581a", "\u2581ab"));

    [Theory]
    [InlineData("", "")]
    [InlineData("abc", "\u2581 abc")] // "ab" first, then "abc", which no piece joins with the marker
    [InlineData("ab", "\u2581ab")]
    [InlineData("cbc", "\u2581 c bc")]
    [InlineData("d", "\u2581 <0x64>")]
    [InlineData("a\n", "\u2581a <0x0A>")]
    [InlineData("\u00e9", "\u2581 <0xC3> <0xA9>")]
    public void Merges_as_worked_out_by_hand(string text, string pieces) => Assert.Equal(pieces, PiecesOf(Small, text));

    [Fact]
    public void Equal_scores_merge_from_the_left()
    {
        var tied = new SentencePieceBpe(ModelOf("\u2581", "a", "aa"), SegmentRule.PlainText);

        Assert.Equal("\u2581 aa aa a", PiecesOf(tied, "aaaaa"));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_the_replacement_character() =>
        Assert.Equal(Small.Encode("a\uFFFDb\uFFFD"), Small.Encode("a\uD800b\uDC00"));

    [Fact]
    public void A_continuation_has_no_marker_in_front()
    {
        Assert.Equal("abc", string.Join(' ', Small.EncodeContinuation("abc").Select(id => Small.Model.Pieces[id].Text)));
        Assert.Equal([.. Small.Encode("c"), .. Small.EncodeContinuation("\nabc</s>ab")], Small.Encode("c\nabc</s>ab"));
    }

    [Fact]
    public void The_base_class_counts_and_cuts_by_the_same_ids()
    {
        var tokenizer = TokenizerFiles.TokenizerOf("mistral", SegmentRule.Legacy);
        const string Text = "One fine  day</s>\nthe \ud83e\udd84 left.";

        Assert.Equal(tokenizer.Encode(Text), tokenizer.EncodeToIds(Text));
        Assert.Equal(tokenizer.Encode(Text).Length, tokenizer.CountTokens(Text));
        Assert.Equal(tokenizer.Encode(Text), tokenizer.EncodeToTokens(Text, out _).Select(token => token.Id));
        Assert.Equal("One fine".Length, tokenizer.GetIndexByTokenCount(Text, 2, out _, out _));
        Assert.Equal(tokenizer.Encode(Text)[..5], tokenizer.EncodeToIds(Text, 5, out _, out _));
    }

    [Fact]
    public void Many_threads_get_the_ids_of_one()
    {
        var texts = TokenizerFiles.Texts.Values.Take(400).ToArray();
        var tokenizer = SentencePieceBpe.Load(TokenizerFiles.ModelOf("mistral")!);

        var together = texts.AsParallel().AsOrdered().Select(text => tokenizer.Encode(text)).ToArray();

        var fresh = SentencePieceBpe.Load(TokenizerFiles.ModelOf("mistral")!);
        Assert.All(texts.Zip(together), pair => Assert.Equal(fresh.Encode(pair.First), pair.Second));
    }

    [Fact]
    public void A_model_comes_back_from_its_file_as_it_was()
    {
        var folder = Directory.CreateTempSubdirectory();
        var path = Path.Combine(folder.FullName, "tokenizer.model");
        foreach (var name in (string[])["tiny-sp", "mistral", "sp-variant.user-symbols", "sp-variant.no-dummy-prefix", "sp-variant.no-byte-fallback"])
        {
            var model = SentencePieceModel.Read(TokenizerFiles.ModelOf(name)!);

            model.Write(path);

            Assert.Equivalent(model, SentencePieceModel.Read(path));
            Assert.Single(folder.GetFiles());
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_cut_or_foreign_file_is_refused_by_name()
    {
        var bytes = File.ReadAllBytes(TokenizerFiles.ModelOf("tiny-sp")!);
        var path = Path.GetTempFileName();
        foreach (var length in (int[])[0, 1, 100, bytes.Length / 2, bytes.Length - 60, bytes.Length - 1])
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.StartsWith(path, Assert.Throws<InvalidDataException>(() => SentencePieceBpe.Load(path)).Message, StringComparison.Ordinal);
        }

        File.WriteAllText(path, "version https://git-lfs.github.com/spec/v1\n");
        Assert.StartsWith(path, Assert.Throws<InvalidDataException>(() => SentencePieceBpe.Load(path)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public void An_id_outside_the_vocabulary_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Small.Decode([Small.VocabularySize]));

    private static string PiecesOf(SentencePieceBpe tokenizer, string text) =>
        string.Join(' ', tokenizer.Encode(text).Select(id => tokenizer.Model.Pieces[id].Text));

    private static SentencePieceModel ModelOf(params string[] normal) => new()
    {
        Pieces =
        [
            new("<unk>", 0, PieceType.Unknown),
            new("<s>", 0, PieceType.Control),
            new("</s>", 0, PieceType.Control),
            .. Enumerable.Range(0, 256).Select(value => new SentencePiece($"<0x{value:X2}>", 0, PieceType.Byte)),
            .. normal.Select((text, index) => new SentencePiece(text, -index)),
        ],
    };
}
