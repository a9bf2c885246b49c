using System.Text.Json;
using System.Text.Json.Nodes;
using Zephyr.Checkpoints;
using Zephyr.Model;
using Zephyr.Tests.Training;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Checkpoints;

/// <summary>Adapters in PEFT's folders, and training checkpoints that hold adapters alone.</summary>
public class AdapterCheckpointTests
{
    private static LoraOptions Options { get; } = new() { Rank = 2, Alpha = 4, Targets = ["q_proj", "down_proj"], Dropout = 0.25, UseRsLora = true };

    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Golden", "yes")]
    public void A_folder_of_PEFT_read_and_written_holds_the_same()
    {
        var runs = new[] { "sft", "dpo" }.SelectMany(kind => Directory.GetDirectories(GoldenFiles.At(kind))).Where(run => Directory.Exists(Path.Combine(run, "adapter-50"))).ToList();
        Assert.NotEmpty(runs);
        foreach (var run in runs)
        {
            using var folder = new TemporaryFolder();
            var settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "settings.json"))).RootElement;
            var nf4 = settings.TryGetProperty("nf4", out var flag) && flag.ValueKind == JsonValueKind.True;
            var model = Mistral.Load(Path.Combine(run, "..", nf4 ? "model-nf4" : "model"));

            model.LoadAdapters(Path.Combine(run, "adapter-50"));
            model.SaveAdapters(folder.At());

            Assert.Equal(File.ReadAllBytes(Path.Combine(run, "adapter-50", "adapter_model.safetensors")), File.ReadAllBytes(folder.At("adapter_model.safetensors")));
            Assert.Equal(Fields(Path.Combine(run, "adapter-50")), Fields(folder.At()));
        }
    }

    [Theory]
    [InlineData("use_dora", "true")]
    [InlineData("bias", "\"all\"")]
    [InlineData("modules_to_save", "[\"lm_head\"]")]
    [InlineData("layers_to_transform", "[0]")]
    [InlineData("init_lora_weights", "\"pissa\"")]
    [InlineData("peft_type", "\"LOHA\"")]
    [InlineData("from_the_future", "3")]
    public void A_field_that_asks_for_other_mathematics_is_refused_by_name(string field, string value)
    {
        using var folder = Saved();
        var config = JsonNode.Parse(File.ReadAllText(folder.At("adapter_config.json")))!;
        config[field] = JsonNode.Parse(value);
        File.WriteAllText(folder.At("adapter_config.json"), config.ToJsonString());

        var message = Assert.Throws<InvalidDataException>(() => SmallRuns.Model().LoadAdapters(folder.At())).Message;

        Assert.Contains("adapter_config.json", message, StringComparison.Ordinal);
        Assert.Contains($"sets {field} to {value}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r", "3", "is [2, 16] in the file but [3, 16]")]
    [InlineData("target_modules", "[\"q_proj\", \"v_proj\"]", "lacks 4 of the 8 tensors")]
    [InlineData("target_modules", "[\"q_proj\"]", "holds 4 tensors that")]
    [InlineData("r", "\"two\"", "is not the configuration")]
    public void Files_that_disagree_are_refused_with_both_names(string field, string value, string expected)
    {
        using var folder = Saved();
        var config = JsonNode.Parse(File.ReadAllText(folder.At("adapter_config.json")))!;
        config[field] = JsonNode.Parse(value);
        File.WriteAllText(folder.At("adapter_config.json"), config.ToJsonString());

        var message = Assert.Throws<InvalidDataException>(() => SmallRuns.Model().LoadAdapters(folder.At())).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("adapter_config.json", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Targets_may_be_a_regular_expression()
    {
        using var folder = Saved();
        var config = JsonNode.Parse(File.ReadAllText(folder.At("adapter_config.json")))!;
        config["target_modules"] = @".*\.(q_proj|down_proj)";
        File.WriteAllText(folder.At("adapter_config.json"), config.ToJsonString());
        var model = SmallRuns.Model();

        model.LoadAdapters(folder.At());

        Assert.Equal(Options.ParameterCount(SmallRuns.Config), model.Lora!.ParameterCount(SmallRuns.Config));
    }

    [Fact]
    public void A_model_with_adapters_is_not_saved_as_if_it_had_none()
    {
        using var folder = new TemporaryFolder();
        var model = SmallRuns.Model();
        model.AddAdapters(Options);

        Assert.Contains("SaveAdapters", Assert.Throws<InvalidOperationException>(() => model.Save(folder.At())).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => SmallRuns.Model().SaveAdapters(folder.At()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_of_adapters_resumes_in_the_same_bits_from_a_checkpoint_without_the_base(bool packed)
    {
        using var folder = new TemporaryFolder();
        var options = SmallRuns.Sft with { Steps = 8 };
        var expected = Adapted(packed);
        var steps = SmallRuns.SftTrainer(expected, options: options).Train(None).ToList();

        var model = Adapted(packed);
        for (var step = 1; step <= steps.Count; step++)
        {
            model = Adapted(packed);
            var trainer = SmallRuns.SftTrainer(model, new RunFolder(folder.At()) { CheckpointEvery = 1 }, options);
            Assert.Equal(step > 1, trainer.Resume() is not null);
            Assert.Equal(steps[step - 1], trainer.Train(None).First());
        }

        Assert.Equal(Bytes(expected), Bytes(model));
        var checkpoint = new RunFolder(folder.At()).Newest()!.Folder;
        Assert.False(File.Exists(Path.Combine(checkpoint, "model.safetensors")));
        var loaded = SmallRuns.Model();
        loaded.LoadAdapters(checkpoint);
        Assert.Equal(Bytes(expected), Bytes(loaded));
    }

    [Fact]
    public void A_preference_run_of_adapters_resumes_in_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        DpoTrainer Trainer(Mistral model, RunFolder? run = null) => new(model, new AdaptersOffReference(model), SmallRuns.Pairs(), SmallRuns.Dpo with { Steps = 6 }) { Run = run };
        var expected = Adapted(packed: false);
        var steps = Trainer(expected).Train(None).ToList();

        var model = expected;
        foreach (var step in steps)
        {
            model = Adapted(packed: false);
            var trainer = Trainer(model, new RunFolder(folder.At()) { CheckpointEvery = 1 });
            Assert.Equal(step.Step > 1, trainer.Resume() is not null);
            Assert.Equal(step, trainer.Train(None).First());
        }

        Assert.Equal(Bytes(expected), Bytes(model));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Adapters_in_fp32_learn_beside_products_in_bf16(ScalarType baseType)
    {
        var (single, half) = (Adapted(packed: false), SmallRuns.Model(dtype: baseType));
        half.AddAdapters(Options);
        half.ComputeType = ScalarType.BFloat16;

        var expected = SmallRuns.SftTrainer(single).Train(None).ToList();
        var steps = SmallRuns.SftTrainer(half).Train(None).ToList();

        Assert.All(steps.Zip(expected), pair => Assert.Equal(pair.Second.Loss, pair.First.Loss, tolerance: 0.015));
        Assert.Equal(expected[^1].HeldOut!.Loss, steps[^1].HeldOut!.Loss, tolerance: 0.015);
        Assert.All(half.named_parameters().Where(pair => pair.name.EndsWith("lora_B.weight", StringComparison.Ordinal)), pair => Assert.True(pair.parameter.abs().max().item<float>() > 1e-3f, pair.name)); // began at 0
        Assert.All(half.named_parameters().Where(pair => pair.parameter.requires_grad), pair => Assert.Equal(ScalarType.Float32, pair.parameter.dtype));
        Assert.All(half.named_parameters().Where(pair => !pair.parameter.requires_grad), pair => Assert.Equal(baseType, pair.parameter.dtype));
    }

    [Fact]
    public void A_checkpoint_of_adapters_beside_other_weights_is_refused()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.At()) { CheckpointEvery = 1 };
        _ = SmallRuns.SftTrainer(Adapted(packed: false), run).Train(None).First();
        var other = SmallRuns.Model(seed: 9);
        other.AddAdapters(Options);

        Assert.Contains("base weights", Assert.Throws<InvalidDataException>(() => SmallRuns.SftTrainer(other, run).Resume()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recomputed_blocks_give_adapters_the_same_bits()
    {
        var (plain, recomputed) = (Adapted(packed: true), Adapted(packed: true));

        var expected = SmallRuns.SftTrainer(plain).Train(None).ToList();
        var steps = new SftTrainer(recomputed, SmallRuns.Rows(), SmallRuns.Sft) { HeldOut = SmallRuns.Rows(5, 9), Memory = new() { RecomputeBlocks = true } }.Train(None).ToList();

        Assert.Equal(expected, steps);
        Assert.Equal(Bytes(plain), Bytes(recomputed));
    }

    private static Mistral Adapted(bool packed)
    {
        var model = SmallRuns.Model();
        if (packed)
        {
            model.PackNf4();
        }

        model.AddAdapters(Options);
        return model;
    }

    private static TemporaryFolder Saved()
    {
        var folder = new TemporaryFolder();
        Adapted(packed: false).SaveAdapters(folder.At());
        return folder;
    }

    private static byte[] Bytes(Mistral model) => [.. AdapterCheckpoint.Tensors(model).OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value.detach().bytes.ToArray())];

    /// <summary>Every field but the order of targets and where the base lay.</summary>
    private static List<string> Fields(string folder) => [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json"))).RootElement.EnumerateObject()
        .Where(field => field.Name is not ("base_model_name_or_path" or "peft_version"))
        .Select(field => field.Value.ValueKind == JsonValueKind.Number ? $"{field.Name} {field.Value.GetDouble()}" : field.Name == "target_modules" ? $"{field.Name} {string.Join(",", field.Value.EnumerateArray().Select(target => target.GetString()).Order(StringComparer.Ordinal))}" : $"{field.Name} {field.Value.GetRawText().Replace(" ", "", StringComparison.Ordinal)}")
        .Order(StringComparer.Ordinal)];
}
