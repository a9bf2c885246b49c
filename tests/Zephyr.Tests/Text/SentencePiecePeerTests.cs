using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Zephyr.Rows;
using Zephyr.Text;

namespace Zephyr.Tests.Text;

/// <summary>The real SentencePiece (Debian's python3-sentencepiece) trains on the same lines and encodes with our file.</summary>
public sealed class SentencePiecePeerTests
{
    private const string Program = """
        import io, json, sys
        import sentencepiece as spm
        job = json.load(sys.stdin)
        trained = io.BytesIO()
        spm.SentencePieceTrainer.train(sentence_iterator=iter(job["lines"]), model_writer=trained, model_type="bpe", vocab_size=job["vocab"], byte_fallback=True, split_digits=True,
            add_dummy_prefix=True, normalization_rule_name="identity", remove_extra_whitespaces=False, unk_id=0, bos_id=1, eos_id=2, pad_id=-1, character_coverage=1.0, num_threads=1, minloglevel=2)
        peer = spm.SentencePieceProcessor(model_proto=trained.getvalue())
        ours = spm.SentencePieceProcessor(model_file=job["model"])
        json.dump({"pieces": [peer.id_to_piece(i) for i in range(peer.get_piece_size())], "ids": [ours.encode(t) for t in job["texts"]], "decoded": [ours.decode(ours.encode(t)) for t in job["texts"]]}, sys.stdout)
        """;

    [Fact]
    public void Trains_the_same_pieces_and_encodes_with_our_file_to_our_ids()
    {
        var python = Array.Find(["/usr/bin/python3", "/usr/local/bin/python3"], path => File.Exists(path) && Run(path, "-c \"import sentencepiece\"", "").ExitCode == 0);
        Assert.SkipUnless(python is not null, "python3-sentencepiece is not installed: apt-get install python3-sentencepiece.");
        var random = new SplitMix(20231025);
        var lines = Enumerable.Range(0, 3000).Select(_ => Line(random)).ToArray();
        var texts = Enumerable.Range(0, 2000).Select(_ => Text(random)).ToArray();
        var model = BpeTrainer.Train(lines, new() { VocabularySize = 700 });
        var folder = Directory.CreateTempSubdirectory();
        var path = Path.Combine(folder.FullName, "ours.model");
        model.Write(path);

        var answer = JsonDocument.Parse(Run(python, $"-c \"{Program.Replace("\"", "\\\"", StringComparison.Ordinal)}\"", JsonSerializer.Serialize(new { lines, texts, vocab = 700, model = path }, Escaped)).Output).RootElement;

        Assert.Equal(answer.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString()), model.Pieces.Select(piece => piece.Text));
        var tokenizer = SentencePieceBpe.Load(path, SegmentRule.PlainText);
        foreach (var (text, ids, decoded) in texts.Zip(answer.GetProperty("ids").EnumerateArray(), answer.GetProperty("decoded").EnumerateArray()))
        {
            Assert.Equal(ids.EnumerateArray().Select(id => id.GetInt32()), tokenizer.Encode(text));
            Assert.Equal(decoded.GetString(), tokenizer.Decode(tokenizer.Encode(text)));
        }

        folder.Delete(recursive: true);
    }

    private static readonly JsonSerializerOptions Escaped = new() { Encoder = JavaScriptEncoder.Default };

    /// <summary>Words of a small language with frequent syllables, capitals, digits, marks and some other scripts.</summary>
    private static string Line(SplitMix random) => string.Join(random.Chance(0.05) ? "  " : " ", Enumerable.Range(0, 3 + random.Next(9)).Select(_ => Word(random)));

    private static string Word(SplitMix random)
    {
        string[] syllables = ["ka", "lo", "mi", "ren", "tas", "ou", "the", "ing", "a", "\u00e9", "s", "b", "\u0436\u0438", "\u03bb\u03bf", "\u4e2d"];
        string[] ends = ["", "", "", "", ".", ",", "?", "!\"", " 1", "27", "</s>", "|>", "'s"];
        return string.Concat(Enumerable.Range(0, 1 + random.Next(3)).Select(_ => syllables[Math.Min(random.Next(syllables.Length), random.Next(syllables.Length))])) + random.Pick(ends);
    }

    private static string Text(SplitMix random) => random.Next(4) switch
    {
        0 => Line(random),
        1 => new string(random.Pick("ka mi\u2581".ToCharArray()), random.Next(40)),
        2 => string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => random.Pick((string[])["a", "k", "ka", " ", "  ", "\n", "\t", "\u2581", "<s>", "7", "\ud83e\udd84", "\u0301"]))),
        _ => string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => char.ConvertFromUtf32(random.Chance(0.5) ? 0x20 + random.Next(0x2000) : 0x10000 + random.Next(0x10000)))),
    };

    private static (int ExitCode, string Output) Run(string program, string arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0 || input.Length == 0 ? (process.ExitCode, output.Result) : throw new InvalidOperationException(errors.Result);
    }
}
