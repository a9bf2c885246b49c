using System.IO.Compression;
using System.Text.Json;
using Zephyr.Rows;
using Zephyr.Text;

namespace Zephyr.Tests.Rows;

[Trait("Golden", "yes")]
public sealed class RowFileGoldenTests
{
    public static TheoryData<string> JsonFiles => [.. Directory.GetFiles(GoldenFiles.At("data", "json")).Select(path => Path.GetFileName(path)).Order()];

    public static TheoryData<string, string> BrokenFiles => new(JsonDocument.Parse(File.ReadAllText(GoldenFiles.At("data", "broken", "cases.json"))).RootElement.EnumerateArray()
        .Select(entry => (entry.GetProperty("file").GetString()!, entry.GetProperty("a_good_reader_reports").GetString()!)));

    [Theory]
    [MemberData(nameof(JsonFiles))]
    public void Every_form_of_the_chat_set_reads_alike(string file)
    {
        var rows = RowFile.Read<Dialogue>(GoldenFiles.At("data", "json", file));

        Assert.Empty(rows.Warnings);
        Same(GoldenFiles.Lines("data", "expected.chat.jsonl"), rows);
    }

    [Fact]
    public void Chat_and_pair_rows_hold_what_the_file_holds()
    {
        Same(GoldenFiles.Lines("data", "expected.chat.jsonl"), RowFile.Read<Dialogue>(GoldenFiles.At("data", "expected.chat.jsonl")));
        Same(GoldenFiles.Lines("data", "expected.pair.jsonl"), RowFile.Read<PreferencePair>(GoldenFiles.At("data", "expected.pair.jsonl")));
    }

    /// <summary>UltraFeedback records as the evaluation folder has them; absent answer lists are written as empty ones.</summary>
    [Fact]
    public void Rated_prompts_hold_what_the_file_holds()
    {
        var path = GoldenFiles.At("eval", "ultrafeedback", "records.jsonl");
        Assert.SkipUnless(File.Exists(path), $"{path} is not there.");
        var expected = GoldenFiles.Lines("eval", "ultrafeedback", "records.jsonl").ToArray();
        var rows = RowFile.Read<RatedPrompt>(path);

        Assert.Equal(expected.Length, rows.Count);
        foreach (var (row, record) in expected.Zip(rows))
        {
            var again = JsonDocument.Parse(Json(record)).RootElement;
            Assert.All(row.EnumerateObject(), field => Assert.True(JsonElement.DeepEquals(field.Value, again.GetProperty(field.Name)), $"{field.Name}: {again.GetProperty(field.Name)}"));
        }
    }

    [Theory]
    [MemberData(nameof(BrokenFiles))]
    public void Every_broken_file_is_reported_as_a_good_reader_would(string file, string report)
    {
        Assert.SkipWhen(file.EndsWith(".parquet", StringComparison.Ordinal), "parquet is not read yet.");
        var path = GoldenFiles.At("data", "broken", file);
        var reports = file.StartsWith("pair-", StringComparison.Ordinal) ? Reports<PreferencePair>(path) : Reports<Dialogue>(path);

        var expected = report.Replace("file:", path + ":", StringComparison.Ordinal);
        Assert.True(reports.Exists(text => text.StartsWith(expected, StringComparison.Ordinal)), $"expected: {expected}\nreported: {string.Join("\n", reports)}");
    }

    /// <summary>The error that stops the reading, else the warnings.</summary>
    private static List<string> Reports<T>(string path)
        where T : IRow<T>
    {
        var rows = new List<string>();
        var error = Record.Exception(() => rows.AddRange(RowFile.Read<T>(path).Warnings));
        if (error is not null)
        {
            rows.Add(Assert.IsType<InvalidDataException>(error).Message);
        }

        return rows;
    }

    private static void Same<T>(IEnumerable<JsonElement> expected, IReadOnlyCollection<T> rows)
        where T : IRow<T>
    {
        Assert.Equal(expected.Count(), rows.Count);
        foreach (var (row, ours) in expected.Zip(rows))
        {
            Assert.True(JsonElement.DeepEquals(row, JsonDocument.Parse(Json(ours)).RootElement), row.ToString());
        }
    }

    private static byte[] Json<T>(T row)
        where T : IRow<T>
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            row.WriteFields(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}

public sealed class RowFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private static readonly Dialogue[] Some =
    [
        Dialogue.Of(ChatMessage.User("Wer \ud83e\udd84?\u2028\"quoted\"\\"), ChatMessage.Assistant("Niemand.\n\u0001</s>")),
        Dialogue.Of(ChatMessage.System("Brief."), ChatMessage.User("Why?"), ChatMessage.Assistant("So."), ChatMessage.User("And?"), ChatMessage.Assistant("Yes.")),
    ];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("rows.jsonl")]
    [InlineData("rows.json")]
    [InlineData("rows.jsonl.gz")]
    [InlineData("rows.json.gz")]
    public void Rows_come_back_as_they_were_and_twice_written_are_the_same_bytes(string name)
    {
        var path = At(name);
        RowFile.Write(path, Some);
        var first = File.ReadAllBytes(path);
        RowFile.Write(path, Some);

        Assert.Equal(first, File.ReadAllBytes(path));
        Assert.Single(_folder.GetFiles());
        var rows = RowFile.Read<Dialogue>(path);
        Assert.Equal(Some.Select(row => row.Id), rows.Select(row => row.Id));
        Assert.Equal(Some.SelectMany(row => row.Messages), rows.SelectMany(row => row.Messages));
        Assert.DoesNotContain((byte)'\r', Unpacked(path));
        Assert.Equal((byte)'\n', Unpacked(path)[^1]);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file()
    {
        RowFile.Write(At("rows.jsonl"), Some);
        var before = File.ReadAllBytes(At("rows.jsonl"));

        Assert.Throws<InvalidOperationException>(() => RowFile.Write(At("rows.jsonl"), Some.Select((row, index) => index == 0 ? row : throw new InvalidOperationException("stop"))));

        Assert.Equal(before, File.ReadAllBytes(At("rows.jsonl")));
    }

    [Fact]
    public void Raw_UltraChat_rows_read_as_dialogues_and_back()
    {
        File.WriteAllText(At("raw.jsonl"), "{\"id\": \"7\", \"data\": [\"Hi?\", \"Hello.\", \"Bye?\", \"Bye.\"]}\n");

        var dialogue = RowFile.Read<Dialogue>(At("raw.jsonl"))[0];

        Assert.Equal([ChatMessage.User("Hi?"), ChatMessage.Assistant("Hello."), ChatMessage.User("Bye?"), ChatMessage.Assistant("Bye.")], dialogue.Messages);
        RowFile.Write(At("again.jsonl"), [RawDialogue.From(dialogue)]);
        Assert.Equal("{\"id\":\"7\",\"data\":[\"Hi?\",\"Hello.\",\"Bye?\",\"Bye.\"]}\n", File.ReadAllText(At("again.jsonl")));
        Assert.Contains("message 0 has role 'system'", Assert.Throws<ArgumentException>(() => RawDialogue.From(Some[1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Raw_data_may_be_read_with_its_faults_as_warnings()
    {
        File.WriteAllText(At("raw.jsonl"), "{\"id\": \"7\", \"data\": [\"Hi?\", \"\"]}\n\n{\"id\": \"7\", \"data\": [\"Hi?\"]}");

        var rows = RowFile.Read<RawDialogue>(At("raw.jsonl"), RowChecks.ShapeOnly);

        Assert.Equal(2, rows.Count);
        Assert.Equal(
            [
                $"{At("raw.jsonl")}:1: message is empty (message 1, assistant)",
                $"{At("raw.jsonl")}:3: dialogue ends on a user message: nothing to learn from its last turn",
                $"{At("raw.jsonl")}:3: id already used on line 1",
            ],
            rows.Warnings);
        Assert.StartsWith($"{At("raw.jsonl")}:1: message is empty", Assert.Throws<InvalidDataException>(() => RowFile.Read<RawDialogue>(At("raw.jsonl"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_system_message_is_no_fault()
    {
        RowFile.Write(At("rows.jsonl"), [Dialogue.Of(ChatMessage.System(""), ChatMessage.User("Hi?"), ChatMessage.Assistant("Hello."))]);

        Assert.Empty(RowFile.Read<Dialogue>(At("rows.jsonl")).Warnings);
    }

    [Theory]
    [InlineData("[\n{\"id\": \"1\", \"data\": [\"a\"]},\n\n{\"id\": \"2\", \"data\": 3}]", 4, "data must be an array, found number")]
    [InlineData("[\n{\"id\": \"1\", \"data\": [\"a\"]},\n 5]", 3, "expected an object, found number")]
    [InlineData("[{\"id\": \"1\", \"data\": [\"a\"]}\n", 1, "JSON is incomplete")]
    [InlineData("[{\"id\": \"1\", \"data\": [\"a\"]}]\n[]", 1, "text after the end of the JSON array")]
    [InlineData("[\n{\"id\": \"1\",\n\"data\": [\"a\",]}]", 3, "not JSON")]
    [InlineData("\n\n{\"id\": \"1\", \"data\": [Infinity]}", 3, "Infinity is not JSON")]
    [InlineData("{\"id\": \"1\", \"data\": [-Infinity]}", 1, "-Infinity is not JSON")]
    [InlineData("{\"id\": \"1\", \"data\": [\"\\udc00\"]}", 1, "unpaired surrogate")]
    [InlineData("{\"id\": \"1\", \"data\": [\"\\ud800\\\\udc00\"]}", 1, "unpaired surrogate")]
    [InlineData("{\"id\": \"1\", \"data\": [\"a\"], \"extra\": {\"k\": 1, \"k\": 2}}", 1, "duplicate key 'k'")]
    [InlineData("17", 1, "expected an object, found number")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\n", 1, "this is a Git LFS pointer")]
    [InlineData("", 1, "no rows")]
    [InlineData("[]", 1, "no rows")]
    public void Faults_are_named_with_file_and_line(string text, int line, string fault)
    {
        File.WriteAllText(At("bad.json"), text);

        var refused = Assert.Throws<InvalidDataException>(() => RowFile.Read<RawDialogue>(At("bad.json")));

        Assert.StartsWith($"{At("bad.json")}:{line}: {fault}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Escaped_pairs_and_escaped_backslashes_are_not_surrogate_faults()
    {
        File.WriteAllText(At("good.jsonl"), "{\"id\": \"1\", \"data\": [\"\\ud83e\\udd84 \\\\ud800 \\n\"]}");

        Assert.Equal("\ud83e\udd84 \\ud800 \n", RowFile.Read<RawDialogue>(At("good.jsonl"))[0].Data[0]);
    }

    [Fact]
    public void Lines_longer_than_any_buffer_are_read_whole()
    {
        var rows = Enumerable.Range(0, 6).Select(index => new RawDialogue($"{index}", [new string((char)('a' + index), 40_000 * (index + 1))])).ToArray();
        RowFile.Write(At("long.jsonl.gz"), rows);

        Assert.Equal(rows.Select(row => row.Data[0].Length), RowFile.Read<RawDialogue>(At("long.jsonl.gz")).Select(row => row.Data[0].Length));
    }

    [Fact]
    public void A_cut_gzip_file_is_not_read_as_a_short_one()
    {
        RowFile.Write(At("rows.jsonl.gz"), Enumerable.Range(0, 500).Select(index => new RawDialogue($"{index}", [$"{index * 7919 % 1000}"])));
        var bytes = File.ReadAllBytes(At("rows.jsonl.gz"));
        File.WriteAllBytes(At("rows.jsonl.gz"), bytes[..(bytes.Length / 2)]);

        Assert.ThrowsAny<Exception>(() => RowFile.Read<RawDialogue>(At("rows.jsonl.gz")));
    }

    [Fact]
    public void Other_names_are_not_written() => Assert.Throws<ArgumentException>(() => RowFile.Write(At("rows.txt"), Some));

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private static byte[] Unpacked(string path)
    {
        using var stream = new MemoryStream();
        using var file = File.OpenRead(path);
        using Stream source = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        source.CopyTo(stream);
        return stream.ToArray();
    }
}
