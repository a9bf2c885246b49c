using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Zephyr.Checkpoints;
using Zephyr.Data;
using Zephyr.Model;
using Zephyr.Text;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Training;

/// <summary>golden/era2023: the software of the released run (TRL 0.7.4).</summary>
[Trait("Golden", "yes")]
public class Era2023Tests
{
    public static TheoryData<int, int> Settings =>
        [.. GoldenFiles.Lines("era2023", "packing.jsonl").Select(line => (line.GetProperty("seq_length").GetInt32(), line.GetProperty("num_of_sequences").GetInt32())).Distinct()];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Rows_equal_the_packing_of_that_time(int length, int rowsPerBuffer)
    {
        var rows = Pack(length, rowsPerBuffer);

        var expected = GoldenFiles.Lines("era2023", "packing.jsonl")
            .Where(line => line.GetProperty("seq_length").GetInt32() == length && line.GetProperty("num_of_sequences").GetInt32() == rowsPerBuffer)
            .Select(line => GoldenRun.Ints(line, "input_ids"));
        Assert.Equal(expected, rows.Select(row => row.Ids));
    }

    [Fact]
    public void Packed_fine_tuning_follows_the_trainer_of_that_time()
    {
        var settings = JsonDocument.Parse(File.ReadAllText(GoldenFiles.At("era2023", "sft-packed", "settings.json"))).RootElement;
        var records = GoldenFiles.Lines("era2023", "sft-packed", "steps.jsonl").Where(record => record.TryGetProperty("loss", out _)).ToList();
        var rows = Pack(settings.GetProperty("seq_length").GetInt32(), 1024);
        Assert.Equal(
            File.ReadLines(GoldenFiles.At("era2023", "packed-48.jsonl")).Select(line => JsonSerializer.Deserialize<int[]>(line)!),
            rows.Select(row => row.Ids));
        var options = new SftOptions
        {
            LearningRate = Rate(settings),
            BatchSize = settings.GetProperty("batch").GetInt32(),
            Steps = records.Count,
            Seed = null,
        };
        var model = Mistral.Load(GoldenFiles.At("era2023", "model"));

        foreach (var step in new SftTrainer(model, rows, options).Train(TestContext.Current.CancellationToken))
        {
            var record = records[step.Step - 1];
            Assert.Equal(record.Get("loss"), step.Loss, tolerance: 2e-5);
            Assert.Equal(record.Get("learning_rate"), options.LearningRate.At(step.Step + 1, records.Count), tolerance: 1e-15); // that release logs the next step's rate
        }

        using var scope = NewDisposeScope();
        var expected = Safetensors.Read(GoldenFiles.At("era2023", "sft-packed", $"weights-{records.Count}.safetensors"));
        Assert.All(model.named_parameters(), weight => Assert.True((weight.parameter - expected[weight.name]).abs().max().item<float>() < 1e-4f, weight.name));
    }

    /// <summary>The schedule, which settings.json names in words: "cosine, 10 % warm-up".</summary>
    internal static LearningRate Rate(JsonElement settings)
    {
        var words = Regex.Match(settings.GetProperty("schedule").GetString()!, @"^(\w+), (\d+) % warm-up$").Groups;
        return new()
        {
            Peak = settings.Get("learning_rate"),
            Shape = Enum.Parse<RateShape>(words[1].Value, ignoreCase: true),
            WarmupRatio = int.Parse(words[2].Value, CultureInfo.InvariantCulture) / 100.0,
        };
    }

    private static IReadOnlyList<TokenizedExample> Pack(int length, int rowsPerBuffer)
    {
        var tokenizer = SentencePieceBpe.Load(GoldenFiles.At("era2023", "tokenizer.model"));
        var texts = JsonDocument.Parse(File.ReadAllText(GoldenFiles.At("era2023", "rows.json"))).RootElement.GetProperty("sft").EnumerateArray().Select(row => row.GetProperty("text").GetString()!);
        return Packing.Trl074(texts.Select(text => (tokenizer.Encode(text, addBos: true), text.EnumerateRunes().Count())), length, tokenizer.EosId, rowsPerBuffer);
    }
}
