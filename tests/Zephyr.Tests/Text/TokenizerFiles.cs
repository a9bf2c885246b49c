using System.Collections.Concurrent;
using System.Text.Json;
using Zephyr.Text;

namespace Zephyr.Tests.Text;

/// <summary>The golden tokenizer folder: models by the names of the files that were made with them.</summary>
internal static class TokenizerFiles
{
    private static readonly ConcurrentDictionary<(string, SegmentRule), SentencePieceBpe> Loaded = [];

    /// <summary>Text by id.</summary>
    public static IReadOnlyDictionary<string, string> Texts { get; } =
        GoldenFiles.Lines("tokenizer", "texts.jsonl").ToDictionary(row => row.GetProperty("id").GetString()!, row => row.GetProperty("text").GetString()!);

    /// <summary>Names of the files that end so, without that end; none is an error.</summary>
    public static TheoryData<string> Named(string end)
    {
        var names = Directory.GetFiles(GoldenFiles.At("tokenizer"), "*" + end).Select(path => Path.GetFileName(path)[..^end.Length]).Order().ToArray();
        return names.Length > 0 ? [.. names] : throw new DirectoryNotFoundException($"No *{end} in {GoldenFiles.At("tokenizer")}.");
    }

    /// <summary>The model behind <c>tiny-sp</c>, <c>mistral.legacy</c>, <c>sp-variant.user-symbols</c>; skips the test where the file is of a kind that the kit does not read yet.</summary>
    public static SentencePieceBpe TokenizerOf(string name)
    {
        var rule = name.Split('.')[^1] switch { "legacy" => SegmentRule.Legacy, "nonlegacy" => SegmentRule.NonLegacy, _ => SegmentRule.PlainText };
        return TokenizerOf(name, rule);
    }

    public static SentencePieceBpe TokenizerOf(string name, SegmentRule rule)
    {
        var model = ModelOf(name);
        if (model is null)
        {
            Assert.Skip($"{name}: byte-level BPE (tokenizer.json) is not read yet; this class reads SentencePiece models.");
        }

        try
        {
            return Loaded.GetOrAdd((model, rule), key => SentencePieceBpe.Load(key.Item1, key.Item2));
        }
        catch (InvalidDataException refused) when (refused.Message.Contains("is not supported", StringComparison.Ordinal))
        {
            // Which models may be refused, and for which field, is tested by Models_that_need_more_are_refused_by_field.
            Assert.Skip(refused.Message);
            throw;
        }
    }

    public static int[] Ints(this JsonElement row, string field) => [.. row.GetProperty(field).EnumerateArray().Select(id => id.GetInt32())];

    public static string Text(this JsonElement row, string field) => row.GetProperty(field).GetString()!;

    public static ChatMessage[] Messages(this JsonElement row, string field) =>
        [.. row.GetProperty(field).EnumerateArray().Select(message => new ChatMessage(Enum.Parse<Role>(message.Text("role"), ignoreCase: true), message.Text("content")))];

    public static string? ModelOf(string name)
    {
        // zephyr.* were made with Mistral's file.
        var wanted = name.Replace("zephyr", "mistral", StringComparison.Ordinal);
        var exact = GoldenFiles.At("tokenizer", wanted + ".model");
        return File.Exists(exact) ? exact : Directory.GetFiles(GoldenFiles.At("tokenizer"), wanted.Split('.')[0] + "*.model").Order().FirstOrDefault();
    }
}
