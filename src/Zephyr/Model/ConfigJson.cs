using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zephyr.Model;

/// <summary>config.json to and from <see cref="MistralConfig"/>. Knows both spellings and what must be refused.</summary>
internal static class ConfigJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static MistralConfig Read(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, "config.json") : path;
        using var document = Parse(file);
        var fields = new ConfigFields(file, document.RootElement);
        UnknownMathematics.Refuse(fields);

        var mistral = fields.Text("model_type") == "mistral";
        var heads = fields.Size("num_attention_heads");
        var hidden = fields.Size("hidden_size");
        var config = new MistralConfig
        {
            VocabSize = fields.Size("vocab_size"),
            HiddenSize = hidden,
            Layers = fields.Size("num_hidden_layers"),
            Heads = heads,
            KvHeads = fields.Integer("num_key_value_heads") ?? (mistral && !fields.Has("num_key_value_heads") ? 8 : heads),
            HeadSize = fields.Integer("head_dim") ?? hidden / heads,
            FeedForwardSize = fields.Size("intermediate_size"),
            NormEpsilon = fields.Number("rms_norm_eps") ?? 1e-6,
            RopeTheta = fields.Child("rope_parameters")?.Number("rope_theta") ?? fields.Number("rope_theta") ?? 10_000,
            SlidingWindow = Window(fields, mistral),
            TieEmbeddings = fields.Flag("tie_word_embeddings") ?? false,
            MaxPositions = fields.Integer("max_position_embeddings") ?? (mistral ? 131_072 : 2048),
            BosId = fields.Integer("bos_token_id") ?? 1,
            EosId = fields.Integer("eos_token_id") ?? 2,
            PadId = fields.Integer("pad_token_id"),
        };
        Check(fields, config);
        return config;
    }

    public static string Write(MistralConfig config, string dtype) => new JsonObject
    {
        ["architectures"] = new JsonArray("MistralForCausalLM"),
        ["attention_dropout"] = 0.0,
        ["bos_token_id"] = config.BosId,
        ["eos_token_id"] = config.EosId,
        ["head_dim"] = config.HeadSize,
        ["hidden_act"] = "silu",
        ["hidden_size"] = config.HiddenSize,
        ["initializer_range"] = 0.02,
        ["intermediate_size"] = config.FeedForwardSize,
        ["max_position_embeddings"] = config.MaxPositions,
        ["model_type"] = "mistral",
        ["num_attention_heads"] = config.Heads,
        ["num_hidden_layers"] = config.Layers,
        ["num_key_value_heads"] = config.KvHeads,
        ["pad_token_id"] = config.PadId,
        ["rms_norm_eps"] = config.NormEpsilon,
        ["rope_theta"] = config.RopeTheta,
        ["sliding_window"] = config.SlidingWindow,
        ["tie_word_embeddings"] = config.TieEmbeddings,
        ["torch_dtype"] = dtype,
        ["use_cache"] = true,
        ["vocab_size"] = config.VocabSize,
    }.ToJsonString(Indented) + "\n";

    private static JsonDocument Parse(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(file));
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{file}:{broken.LineNumber + 1}: not JSON: {broken.Message}", broken);
        }
    }

    /// <summary>Llama has no window, whatever its file says; Mistral's default, where the field is absent, is 4,096.</summary>
    private static int? Window(ConfigFields fields, bool mistral) =>
        !mistral ? null : fields.Has("sliding_window") ? fields.Integer("sliding_window") : 4096;

    private static void Check(ConfigFields fields, MistralConfig config)
    {
        fields.Require(config.KvHeads > 0 && config.Heads % config.KvHeads == 0, "num_key_value_heads",
            $"is {config.KvHeads} and does not divide num_attention_heads, {config.Heads}: each key/value head serves a whole group");
        fields.Require(config.HeadSize > 0 && config.HeadSize % 2 == 0, "head_dim",
            $"is {config.HeadSize}; the rotary embedding turns pairs of dimensions, so it must be even");
        fields.Require(config.SlidingWindow is not <= 0, "sliding_window", $"is {config.SlidingWindow}; it must be positive or null");
        fields.Require(config.MaxPositions > 0, "max_position_embeddings", $"is {config.MaxPositions}; it must be positive");
        fields.Require(config.NormEpsilon > 0, "rms_norm_eps", $"is {config.NormEpsilon}; it must be positive");
        fields.Require(config.RopeTheta > 1, "rope_theta", $"is {config.RopeTheta}; it must be above 1");
    }
}
