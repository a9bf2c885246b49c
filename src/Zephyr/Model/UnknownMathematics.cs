using System.Text.Json;

namespace Zephyr.Model;

/// <summary>Refuses a configuration whose field asks for mathematics that this decoder does not have: a wrong model is worse than none.</summary>
internal static class UnknownMathematics
{
    private static readonly string[] Architectures = ["MistralForCausalLM", "LlamaForCausalLM"];

    /// <summary>Fields of related families that change the mathematics, with the only values that leave it as it is here.</summary>
    private static readonly (string Field, string[] Neutral, string What)[] Switches =
    [
        ("attention_bias", ["false"], "attention projections with bias"),
        ("mlp_bias", ["false"], "feed-forward projections with bias"),
        ("use_bias", ["false"], "projections with bias"),
        ("attention_dropout", ["0", "0.0"], "dropout in attention"),
        ("partial_rotary_factor", ["1", "1.0"], "rotary embedding on part of a head"),
        ("quantization_config", [], "quantised weights"),
        ("num_local_experts", ["0", "1"], "a mixture of experts"),
        ("num_experts", ["0", "1"], "a mixture of experts"),
        ("attn_logit_softcapping", [], "capped attention scores"),
        ("final_logit_softcapping", [], "capped logits"),
        ("query_pre_attn_scalar", [], "another scale of attention scores"),
        ("attention_multiplier", [], "another scale of attention scores"),
        ("embedding_multiplier", ["1", "1.0"], "scaled embeddings"),
        ("residual_multiplier", ["1", "1.0"], "scaled residuals"),
        ("logits_scaling", ["1", "1.0"], "scaled logits"),
        ("logit_scale", ["1", "1.0"], "scaled logits"),
        ("use_qk_norm", ["false"], "normalised queries and keys"),
        ("qk_norm", ["false"], "normalised queries and keys"),
        ("no_rope_layers", ["[]"], "layers without rotary embedding"),
        ("alibi", ["false"], "ALiBi"),
        ("parallel_attn", ["false"], "attention beside the feed-forward layer"),
        ("add_cross_attention", ["false"], "cross-attention"),
        ("is_encoder_decoder", ["false"], "an encoder"),
    ];

    public static void Refuse(ConfigFields fields)
    {
        Family(fields);
        foreach (var (field, neutral, what) in Switches)
        {
            fields.Require(fields.Value(field) is null || neutral.Contains(fields.Raw(field)), field,
                $"is {(fields.Has(field) ? Shown(fields.Raw(field)) : "")}: {what}, which this decoder does not have");
        }

        var act = fields.Text("hidden_act");
        fields.Require(act is null or "silu" or "swish", "hidden_act", $"is \"{act}\"; only \"silu\" is known here");
        Rope(fields, "rope_parameters");
        Rope(fields, "rope_scaling");
        LayerTypes(fields);
    }

    private static void Family(ConfigFields fields)
    {
        var type = fields.Text("model_type");
        fields.Require(type is "mistral" or "llama", "model_type", $"is {(type is null ? "missing" : $"\"{type}\"")}; only \"mistral\" and \"llama\" are known here");
        if (fields.Value("architectures") is not { } given)
        {
            return;
        }

        var known = given.ValueKind == JsonValueKind.Array
            && given.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String && Architectures.Contains(name.GetString()));
        fields.Require(known, "architectures", $"is {Shown(given.GetRawText())}; only {string.Join(" and ", Architectures)} are known here");
    }

    private static void Rope(ConfigFields fields, string name)
    {
        if (fields.Child(name) is not { } rope)
        {
            return;
        }

        foreach (var key in new[] { "rope_type", "type" })
        {
            var type = rope.Text(key);
            rope.Require(type is null or "default", key, $"is \"{type}\": a scaled rotary embedding, which this decoder does not have");
        }

        var part = rope.Number("partial_rotary_factor");
        rope.Require(part is null or 1, "partial_rotary_factor", $"is {part}: rotary embedding on part of a head, which this decoder does not have");
        rope.Require(!rope.Has("full_attention") && !rope.Has("sliding_attention"), "full_attention", "is set: rotary embeddings that differ between layers, which this decoder does not have");
    }

    /// <summary>Every layer must read alike: all through the window, or none.</summary>
    private static void LayerTypes(ConfigFields fields)
    {
        if (fields.Value("layer_types") is not { ValueKind: JsonValueKind.Array } types)
        {
            return;
        }

        var kinds = types.EnumerateArray().Select(kind => kind.ToString()).Distinct().ToArray();
        var window = fields.Text("model_type") == "mistral" && fields.Value("sliding_window") is not null;
        fields.Require(kinds is [] || kinds is [var only] && only == (window ? "sliding_attention" : "full_attention"), "layer_types",
            $"is {string.Join(", ", kinds)} while sliding_window is {(window ? "set" : "not set")}: layers must read alike here");
    }

    private static string Shown(string raw) => raw.Length <= 80 ? raw : raw[..77] + "...";
}
