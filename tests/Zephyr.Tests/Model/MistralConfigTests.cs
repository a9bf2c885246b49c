using System.Text.Json;
using System.Text.Json.Nodes;
using Zephyr.Model;

namespace Zephyr.Tests.Model;

public sealed class MistralConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Refused => [.. Directory.GetFiles(GoldenFiles.At("model", "refuse"), "*.json").Select(path => Path.GetFileName(path)!).Order()];

    /// <summary>Field, a value whose mathematics is not here, and the name that the error must hold.</summary>
    public static TheoryData<string, string, string> Foreign => new()
    {
        { "hidden_act", "\"gelu_pytorch_tanh\"", "hidden_act" },
        { "attention_dropout", "0.1", "attention_dropout" },
        { "model_type", "null", "model_type" },
        { "architectures", "\"MistralForCausalLM\"", "architectures" },
        { "rope_scaling", """{"rope_type": "dynamic", "factor": 2.0}""", "rope_scaling.rope_type" },
        { "rope_parameters", """{"rope_theta": 10000.0, "rope_type": "default", "partial_rotary_factor": 0.5}""", "rope_parameters.partial_rotary_factor" },
        { "rope_parameters", """{"full_attention": {"rope_theta": 10000.0}}""", "full_attention" },
        { "layer_types", """["full_attention", "sliding_attention"]""", "layer_types" },
        { "final_logit_softcapping", "30.0", "final_logit_softcapping" },
        { "hidden_size", "0", "hidden_size" },
        { "num_hidden_layers", "2.5", "num_hidden_layers" },
        { "sliding_window", "-1", "sliding_window" },
        { "eos_token_id", "[2, 3]", "eos_token_id" },
        { "tie_word_embeddings", "1", "tie_word_embeddings" },
        { "rms_norm_eps", "0", "rms_norm_eps" },
    };

    /// <summary>Each file is the mistral-window configuration with one thing changed: the complaint must name a field that differs.</summary>
    [Theory]
    [MemberData(nameof(Refused))]
    [Trait("Golden", "yes")]
    public void Mathematics_that_the_kit_lacks_is_refused_by_the_name_of_the_field(string file)
    {
        var path = GoldenFiles.At("model", "refuse", file);
        var given = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        var sound = JsonNode.Parse(File.ReadAllText(GoldenFiles.At("model", "mistral-window", "hf", "config.json")))!.AsObject();
        var different = given.Select(pair => pair.Key).Union(sound.Select(pair => pair.Key)).Where(key => !JsonNode.DeepEquals(given[key], sound[key])).ToArray();

        var error = Assert.Throws<InvalidDataException>(() => MistralConfig.Read(path));

        Assert.Contains(different, field => error.Message.Contains($"{path}: {field}", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Foreign))]
    public void One_foreign_field_is_refused_by_its_name(string field, string value, string name)
    {
        var json = JsonNode.Parse(MistralConfig.Tiny.ToJson())!.AsObject();
        json[field] = JsonNode.Parse(value);

        Assert.Contains(name, Assert.Throws<InvalidDataException>(() => Read(json.ToJsonString())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_written_configuration_reads_back_equal()
    {
        foreach (var config in new[] { MistralConfig.Mistral7B, MistralConfig.Tiny, MistralConfig.SmolLm2_135M, MistralConfig.Bench })
        {
            Assert.Equal(config, Read(config.ToJson()));
            Assert.Equal("bfloat16", JsonDocument.Parse(config.ToJson("bfloat16")).RootElement.GetProperty("torch_dtype").GetString());
        }
    }

    [Fact]
    public void Absent_fields_take_the_defaults_of_the_family()
    {
        var mistral = Read("""{"model_type": "mistral", "vocab_size": 10, "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 16, "intermediate_size": 8}""");
        var llama = Read("""{"model_type": "llama", "vocab_size": 10, "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 16, "intermediate_size": 8, "sliding_window": 4}""");

        Assert.Equal((8, 4, 4096, 1e-6, 10_000.0), (mistral.KvHeads, mistral.HeadSize, mistral.SlidingWindow, mistral.NormEpsilon, mistral.RopeTheta));
        Assert.Equal((16, null, 2048), (llama.KvHeads, llama.SlidingWindow, llama.MaxPositions));
    }

    [Fact]
    public void Broken_json_is_refused_with_its_line()
    {
        Assert.Contains("config.json:2", Assert.Throws<InvalidDataException>(() => Read("{\n oops }")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Read("[1]"));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused_by_both_names()
    {
        Assert.Contains("Heads (6) must be a multiple of KvHeads (4)", Assert.Throws<ArgumentException>(() => (MistralConfig.Tiny with { KvHeads = 4 }).Validated()).Message, StringComparison.Ordinal);
        Assert.Contains("HeadSize (31)", Assert.Throws<ArgumentException>(() => (MistralConfig.Tiny with { HeadSize = 31 }).Validated()).Message, StringComparison.Ordinal);
        Assert.Contains("Layers is 0", Assert.Throws<ArgumentException>(() => (MistralConfig.Tiny with { Layers = 0 }).Validated()).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private MistralConfig Read(string json)
    {
        File.WriteAllText(_folder.At("config.json"), json);
        return MistralConfig.Read(_folder.At());
    }
}
