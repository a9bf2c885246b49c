using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Zephyr.Model;

namespace Zephyr.Checkpoints;

/// <summary>adapter_config.json of PEFT to and from <see cref="LoraOptions"/>. What asks for other mathematics is refused.</summary>
internal static class PeftConfig
{
    public const string FileName = "adapter_config.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Fields whose value changes nothing here: provenance, and how adapters began.</summary>
    private static readonly string[] Free =
    [
        "auto_mapping", "base_model_name_or_path", "ensure_weight_tying", "eva_config", "inference_mode", "megatron_core", "peft_version", "qalora_group_size", "revision", "runtime_config",
    ];

    /// <summary>Fields that <see cref="Read"/> takes up.</summary>
    private static readonly string[] Taken = ["alpha_pattern", "lora_alpha", "lora_dropout", "r", "rank_pattern", "target_modules", "use_rslora"];

    /// <summary>Fields that may say no more than one of these.</summary>
    private static readonly Dictionary<string, string[]> Neutral = new()
    {
        ["peft_type"] = ["\"LORA\""],
        ["task_type"] = ["\"CAUSAL_LM\"", "null"],
        ["bias"] = ["\"none\""],
        ["init_lora_weights"] = ["true", "false", "\"gaussian\"", "\"eva\"", "\"orthogonal\""], // others, such as pissa, change the base weights too
    };

    /// <summary>The options in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="layers">Names of the model's linear layers, for targets given as a regular expression.</param>
    /// <exception cref="InvalidDataException">A field is missing, of another kind, or asks for what adapters here do not have.</exception>
    public static LoraOptions Read(string path, IReadOnlyCollection<string> layers)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
            var fields = document.RootElement.EnumerateObject().ToDictionary(field => field.Name, field => field.Value);
            foreach (var (name, value) in fields)
            {
                RefuseUnless(Harmless(name, value), path, $"sets {name} to {value.GetRawText()}, which adapters here do not have");
            }

            JsonElement Field(string name) => fields.TryGetValue(name, out var value) ? value : throw new InvalidDataException($"{path} lacks {name}.");
            _ = Field("peft_type");
            return new()
            {
                Rank = Field("r").GetInt32(),
                Alpha = Field("lora_alpha").GetDouble(),
                Targets = Targets(Field("target_modules"), layers),
                Dropout = fields.TryGetValue("lora_dropout", out var dropout) ? dropout.GetDouble() : 0,
                UseRsLora = fields.TryGetValue("use_rslora", out var stable) && stable.GetBoolean(),
                RankPattern = Pattern(fields, "rank_pattern", value => value.GetInt32()),
                AlphaPattern = Pattern(fields, "alpha_pattern", value => value.GetDouble()),
            };
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path} is not the configuration of a LoRA adapter: {broken.Message}", broken);
        }
    }

    /// <summary>The file's text: every field of PEFT 0.21, so that its readers of before and after find theirs.</summary>
    /// <param name="options">The options.</param>
    /// <param name="layers">Names of the model's linear layers.</param>
    /// <param name="baseModel">Where the base model is, for readers; null leaves it open.</param>
    public static string Write(LoraOptions options, IEnumerable<string> layers, string? baseModel)
    {
        string[] targets = options.Targets.Contains(LoraOptions.AllLinear) ? [.. layers.Where(options.Adapts).Select(layer => layer.Split('.')[^1]).Distinct()] : [.. options.Targets];
        var fields = new JsonObject
        {
            ["alpha_pattern"] = JsonSerializer.SerializeToNode(options.AlphaPattern),
            ["base_model_name_or_path"] = baseModel,
            ["bias"] = "none",
            ["ensure_weight_tying"] = false,
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            ["loftq_config"] = new JsonObject(),
            ["lora_alpha"] = Whole(options.Alpha),
            ["lora_bias"] = false,
            ["lora_dropout"] = options.Dropout,
            ["megatron_core"] = "megatron.core",
            ["peft_type"] = "LORA",
            ["peft_version"] = "0.21.2",
            ["qalora_group_size"] = 16,
            ["r"] = options.Rank,
            ["rank_pattern"] = JsonSerializer.SerializeToNode(options.RankPattern),
            ["target_modules"] = JsonSerializer.SerializeToNode(targets.Order(StringComparer.Ordinal)),
            ["task_type"] = "CAUSAL_LM",
            ["use_dora"] = false,
            ["use_qalora"] = false,
            ["use_rslora"] = options.UseRsLora,
        };
        string[] absent =
        [
            "alora_invocation_tokens", "arrow_config", "auto_mapping", "corda_config", "eva_config", "exclude_modules", "kasa_config", "layer_replication", "layers_pattern", "layers_to_transform",
            "lora_ga_config", "megatron_config", "modules_to_save", "monteclora_config", "revision", "target_parameters", "trainable_token_indices", "use_bdlora", "velora_config",
        ];
        foreach (var name in absent)
        {
            fields[name] = null;
        }

        return new JsonObject(fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))).ToJsonString(Indented) + "\n";
    }

    private static bool Harmless(string name, JsonElement value) =>
        Free.Contains(name) || Taken.Contains(name) || (Neutral.TryGetValue(name, out var allowed) ? allowed.Contains(value.GetRawText()) : IsEmpty(value));

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    /// <summary>A list of ends of names, "all-linear", or a regular expression over whole names.</summary>
    private static List<string> Targets(JsonElement value, IReadOnlyCollection<string> layers) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(target => target.GetString()!).Order(StringComparer.Ordinal)]
        : value.GetString() is LoraOptions.AllLinear ? [LoraOptions.AllLinear]
        : [.. layers.Where(layer => Regex.IsMatch(layer, $"^(?:{value.GetString()})$", RegexOptions.CultureInvariant))];

    private static Dictionary<string, T> Pattern<T>(Dictionary<string, JsonElement> fields, string name, Func<JsonElement, T> read) =>
        fields.TryGetValue(name, out var pattern) && pattern.ValueKind != JsonValueKind.Null ? pattern.EnumerateObject().ToDictionary(pair => pair.Name, pair => read(pair.Value)) : [];

    private static JsonValue Whole(double number) => number == Math.Floor(number) && Math.Abs(number) < 1e9 ? JsonValue.Create((long)number) : JsonValue.Create(number);

    private static void RefuseUnless(bool holds, string path, string what)
    {
        if (!holds)
        {
            throw new InvalidDataException($"{path} {what}.");
        }
    }
}
