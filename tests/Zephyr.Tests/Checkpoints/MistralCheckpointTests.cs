using TorchSharp;
using Zephyr.Checkpoints;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Tests.Checkpoints;

public sealed class MistralCheckpointTests : IDisposable
{
    private static readonly MistralConfig Small = new()
    {
        VocabSize = 11,
        HiddenSize = 8,
        Layers = 1,
        Heads = 2,
        KvHeads = 1,
        HeadSize = 4,
        FeedForwardSize = 6,
    };

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_missing_tensor_is_named()
    {
        Assert.Contains("lacks 1 of 12 tensors: model.norm.weight", Refusal(Small, weights => weights.Remove("model.norm.weight")), StringComparison.Ordinal);
        Assert.Contains("tied weights", Refusal(Small, weights => weights.Remove("lm_head.weight")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_the_model_lacks_is_named()
    {
        var message = Refusal(Small, weights => weights["model.layers.0.self_attn.q_proj.bias"] = zeros(8));

        Assert.Contains("model.layers.0.self_attn.q_proj.bias", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_another_shape_is_named_with_both_shapes()
    {
        var message = Refusal(Small, weights => weights["lm_head.weight"] = zeros(12, 8));

        Assert.Contains("lm_head.weight is [12, 8] in the file but [11, 8] by config.json", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tied_model_takes_an_equal_head_and_refuses_another()
    {
        using var model = Mistral.Random(Small with { TieEmbeddings = true }, 1);
        var embedding = model.Decoder.Embedding.Weight;
        Store(model, weights => weights["lm_head.weight"] = embedding.detach().clone());
        using var loaded = Mistral.Load(_folder.At());

        Assert.True(loaded.Decoder.Embedding.Weight.eq(embedding).all().item<bool>());
        Assert.Contains("differs", Refusal(Small with { TieEmbeddings = true }, weights => weights["lm_head.weight"] = zeros(11, 8)), StringComparison.Ordinal);
    }

    [Fact]
    public void Rotary_frequencies_of_old_files_are_passed_over()
    {
        using var model = Mistral.Random(Small, 1);
        Store(model, weights => weights["model.layers.0.self_attn.rotary_emb.inv_freq"] = zeros(2));
        using var loaded = Mistral.Load(_folder.At());

        Assert.Equal(model.Config, loaded.Config);
    }

    [Fact]
    public void An_index_that_disagrees_with_its_shards_is_refused()
    {
        using var model = Mistral.Random(Small, 1);
        model.Save(_folder.At());
        File.Move(_folder.At("model.safetensors"), _folder.At("model-00001-of-00001.safetensors"));
        var names = model.named_parameters().Select(pair => pair.name).ToArray();

        Assert.Equal(names.Length, Load(names).named_parameters().Count());
        Assert.Contains("holds \"lm_head.weight\", which the index places in no shard", Error(names.Where(name => name != "lm_head.weight")), StringComparison.Ordinal);
        Assert.Contains("first \"extra\"", Error(names.Append("extra")), StringComparison.Ordinal);
        File.WriteAllText(_folder.At("model.safetensors.index.json"), """{"weight_map": {"a": "../elsewhere.safetensors"}}""");
        Assert.Contains("shards lie beside the index", Assert.Throws<InvalidDataException>(() => Mistral.Load(_folder.At())).Message, StringComparison.Ordinal);
        File.Delete(_folder.At("model.safetensors.index.json"));
        Assert.Throws<FileNotFoundException>(() => Mistral.Load(_folder.At()));

        Mistral Load(IEnumerable<string> listed)
        {
            File.WriteAllText(_folder.At("model.safetensors.index.json"), $$"""{"weight_map": { {{string.Join(", ", listed.Select(name => $"\"{name}\": \"model-00001-of-00001.safetensors\""))}} } }""");
            return Mistral.Load(_folder.At());
        }

        string Error(IEnumerable<string> listed) => Assert.Throws<InvalidDataException>(() => Load(listed)).Message;
    }

    [Fact]
    public void Weights_saved_as_bf16_are_the_rounded_ones()
    {
        using var model = Mistral.Random(Small, 1);
        model.Save(_folder.At(), ScalarType.BFloat16);

        using var loaded = Mistral.Load(_folder.At());

        Assert.Equal(ScalarType.BFloat16, loaded.WeightType);
        Assert.True(loaded.Decoder.Embedding.Weight.eq(model.Decoder.Embedding.Weight.to(ScalarType.BFloat16)).all().item<bool>());
        Assert.Throws<ArgumentException>(() => model.Save(_folder.At(), ScalarType.Float16));
    }

    public void Dispose() => _folder.Dispose();

    private string Refusal(MistralConfig config, Action<Dictionary<string, Tensor>> change)
    {
        using var model = Mistral.Random(config, 1);
        Store(model, change);
        return Assert.Throws<InvalidDataException>(() => Mistral.Load(_folder.At())).Message;
    }

    private void Store(Mistral model, Action<Dictionary<string, Tensor>> change)
    {
        model.Save(_folder.At());
        var weights = model.named_parameters().ToDictionary(pair => pair.name, pair => (Tensor)pair.parameter);
        change(weights);
        Safetensors.Write(_folder.At("model.safetensors"), weights);
    }
}
