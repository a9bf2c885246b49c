using System.Text.Json;
using TorchSharp;
using Zephyr.Checkpoints;
using Zephyr.Data;
using Zephyr.Model;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Training;

/// <summary>One folder of golden/sft or golden/dpo: settings, rows, the reference's records, and how near ours must be.</summary>
internal sealed class GoldenRun
{
    private readonly string _kind;
    private readonly JsonElement _noise;
    private bool _packed;

    public GoldenRun(string kind, string name)
    {
        (_kind, Name) = (kind, name);
        Settings = Json("settings.json");
        Records = [.. GoldenFiles.Lines(kind, name, "steps.jsonl")];
        var noise = JsonDocument.Parse(File.ReadAllText(GoldenFiles.At(kind, "noise.json"))).RootElement;
        _noise = noise.TryGetProperty(name, out var own) ? own : default;
    }

    public string Name { get; }

    /// <summary>How many times the reference's own noise is allowed; more once its layers are packed, as their bf16 kernel is only imitated.</summary>
    private double Noises => _packed ? 30 : 10;

    public JsonElement Settings { get; }

    public IReadOnlyList<JsonElement> Records { get; }

    public int BatchSize => Int("per_device_train_batch_size");

    public int Accumulation => Int("gradient_accumulation_steps");

    public int Steps => Int("max_steps");

    public int MaxLength => Int("max_length");

    /// <summary>Why the run cannot be followed yet; null where it can.</summary>
    public string? Lacking(params string[] known)
    {
        string[] lora = ["r", "lora_alpha", "lora_dropout", "target_modules", "use_rslora", "rank_pattern", "alpha_pattern"];
        if (TrainsAdapters && Lora.EnumerateObject().Select(setting => setting.Name).Except(lora).ToList() is [_, ..] others)
        {
            return $"{Name} sets {string.Join(", ", others)} of its adapters, which the kit does not have.";
        }

        if (TrainsAdapters && Lora.Get("lora_dropout", otherwise: 0) > 0)
        {
            return $"{Name} drops inputs of its adapters by the reference's own dice.";
        }

        string[] always =
        [
            "case", "max_steps", "per_device_train_batch_size", "gradient_accumulation_steps", "learning_rate", "lr_scheduler_type", "warmup_steps", "weight_decay",
            "max_grad_norm", "optim", "max_length", "lora", "bf16", "nf4",
        ];
        var unknown = Settings.EnumerateObject().Select(setting => setting.Name).Except([.. always, .. known]).ToList();
        return unknown.Count > 0 ? $"{Name} sets {string.Join(", ", unknown)}, which the kit does not have yet." : null;
    }

    /// <summary>The run with the same settings in single precision.</summary>
    public GoldenRun InSinglePrecision()
    {
        string[] asides = ["case", "bf16", "nf4"];
        string Key(JsonElement settings) => string.Join(";", settings.EnumerateObject().Where(setting => !asides.Contains(setting.Name)).OrderBy(setting => setting.Name).Select(setting => setting.ToString()));
        return Directory.GetDirectories(GoldenFiles.At(_kind)).Select(folder => Path.GetFileName(folder)!)
            .Where(name => name != Name && File.Exists(GoldenFiles.At(_kind, name, "settings.json"))).Select(name => new GoldenRun(_kind, name))
            .First(other => !other.Flag("bf16") && !other.Flag("nf4") && Key(other.Settings) == Key(Settings));
    }

    /// <summary>Losses in bf16 wander; they stay near the run in single precision, on average at most twice as far as the reference's own.</summary>
    public void StaysNearSinglePrecision(IReadOnlyList<double> losses)
    {
        var single = InSinglePrecision();
        var gaps = losses.Select((loss, i) => Math.Abs(loss - single.Record(i + 1).Get("loss"))).ToList();
        var reference = losses.Select((_, i) => Math.Abs(Record(i + 1).Get("loss") - single.Record(i + 1).Get("loss"))).Average();
        Assert.Equal(Steps, losses.Count);
        Assert.True(gaps.Max() <= 0.015, $"{Name}: a step is {gaps.Max():g3} away from {single.Name}, at most 0.015 is allowed");
        Assert.True(gaps.Average() <= 2 * reference, $"{Name}: steps are {gaps.Average():g3} away from {single.Name} on average, the reference {reference:g3}");
    }

    public bool Flag(string name) => Settings.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public JsonElement Lora => Settings.GetProperty("lora");

    public bool TrainsAdapters => Lora.ValueKind == JsonValueKind.Object;

    /// <summary>The model that the run starts from, with its first adapters where it trains adapters.</summary>
    public Mistral Model(string folder = "model")
    {
        var model = Flag("nf4") ? Mistral.LoadNf4(GoldenFiles.At(_kind, "model-nf4")) : Mistral.Load(GoldenFiles.At(_kind, folder));
        model.ComputeType = Flag("bf16") ? ScalarType.BFloat16 : ScalarType.Float32;
        if (TrainsAdapters)
        {
            model.LoadAdapters(GoldenFiles.At(_kind, Name, "adapter-0"));
            CheckOptions(model.Lora!);
        }

        return model;
    }

    /// <summary>What the reference's quantised layers do to themselves in their first evaluation.</summary>
    public void BeforeEvaluation(Mistral model)
    {
        if (Flag("nf4") && !_packed)
        {
            ReferencePacking.Install(model);
            _packed = true;
        }
    }

    /// <summary>How far accuracies over so many tokens may be: one token may fall either way once the reference's layers are packed.</summary>
    public double AccuracyFloor(long tokens) => _packed ? 1.5 / tokens : 1e-6;

    /// <summary>The options read from adapter_config.json are those of the settings.</summary>
    private void CheckOptions(LoraOptions options)
    {
        Assert.Equal(Lora.Get("r"), options.Rank);
        Assert.Equal(Lora.Get("lora_alpha"), options.Alpha);
        Assert.Equal(Lora.TryGetProperty("use_rslora", out var stable) && stable.ValueKind == JsonValueKind.True, options.UseRsLora);
    }

    public LearningRate Rate() => new()
    {
        Peak = Settings.Get("learning_rate"),
        WarmupSteps = Int("warmup_steps"),
        Shape = Settings.GetProperty("lr_scheduler_type").GetString() switch
        {
            "cosine" => RateShape.Cosine,
            "linear" => RateShape.Linear,
            "constant_with_warmup" => RateShape.Constant,
            var other => throw new InvalidDataException($"{Name}: schedule {other}?"),
        },
    };

    public OptimizerOptions Optimizer() => new()
    {
        WeightDecay = Settings.Get("weight_decay"),
        Rule = Settings.GetProperty("optim").GetString() switch
        {
            "adamw_torch" => OptimizerRule.AdamW,
            "rmsprop" => OptimizerRule.RmsProp,
            var other => throw new InvalidDataException($"{Name}: optimizer {other}?"),
        },
    };

    public double? ClipNorm() => Settings.Get("max_grad_norm") is > 0 and var norm ? norm : null;

    /// <summary>The reference's record of a training step.</summary>
    public JsonElement Record(int step) => Records.Single(record => record.GetProperty("step").GetInt32() == step && record.TryGetProperty("loss", out _));

    /// <summary>The reference's evaluation after a step, if there was one.</summary>
    public JsonElement? Evaluation(int step) =>
        Records.Where(record => record.GetProperty("step").GetInt32() == step && record.TryGetProperty("eval_loss", out _)).Select(record => (JsonElement?)record).FirstOrDefault();

    /// <summary>Ten times the reference's own noise, and at least the given floor.</summary>
    public void Near(string metric, int step, JsonElement record, double actual, double floor, double relative = 0)
    {
        var expected = record.Get(metric);
        var allowed = Math.Max(Noises * Noise(metric), floor + (relative * Math.Abs(expected)));
        Assert.True(Math.Abs(expected - actual) <= allowed, $"{Name}, step {step}, {metric}: expected {expected:R}, got {actual:R}, allowed {allowed:g3}");
    }

    /// <summary>The reference's own noise. With packed layers a metric's noise over two evaluations says little: that over the steps counts too.</summary>
    private double Noise(string metric) => _noise.ValueKind != JsonValueKind.Object ? 0
        : Math.Max(_noise.Get(metric, otherwise: 0), _packed ? _noise.Get(metric.Replace("eval_", "", StringComparison.Ordinal), otherwise: 0) : 0);

    /// <summary>Compares all weights with weights-STEP.safetensors, if the folder has it.</summary>
    public void WeightsNear(int step, Mistral model)
    {
        var path = GoldenFiles.At(_kind, Name, $"weights-{step}.safetensors");
        if (!File.Exists(path))
        {
            return;
        }

        using var scope = NewDisposeScope();
        var expected = Safetensors.Read(path).ToDictionary(pair => pair.Key.Replace("base_model.model.", "", StringComparison.Ordinal).Replace(".default.", ".", StringComparison.Ordinal), pair => pair.Value);
        var allowed = Math.Max(1e-4, Noises * _noise.Get("weights", otherwise: 0));
        var ours = model.named_parameters().Where(pair => pair.parameter.requires_grad).ToDictionary(pair => pair.name, pair => (Tensor)pair.parameter);
        Compare(step, expected, ours, allowed);
    }

    /// <summary>The last adapters, written and read in PEFT's format, and the weights that take them in, are those of the reference.</summary>
    public void AdaptersNear(int step, Mistral model)
    {
        if (!TrainsAdapters)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var allowed = Math.Max(1e-4, Noises * AdapterNoise());
        model.SaveAdapters(folder.At());
        Compare(step, Safetensors.Read(GoldenFiles.At(_kind, Name, $"adapter-{step}", "adapter_model.safetensors")), Safetensors.Read(folder.At("adapter_model.safetensors")), allowed);

        var merged = GoldenFiles.At(_kind, Name, $"merged-{step}.safetensors");
        if (File.Exists(merged))
        {
            model.MergeAdapters();
            Compare(step, Safetensors.Read(merged), model.named_parameters().ToDictionary(pair => pair.name, pair => (Tensor)pair.parameter), allowed);
        }
    }

    /// <summary>
    /// The reference's noise in the last adapters. golden/dpo saved no weights of its quantised run, so that of golden/sft stands in, times how much noisier the
    /// gradients are.
    /// </summary>
    private double AdapterNoise()
    {
        var own = _noise.Get("weights", otherwise: 0);
        if (own > 0 || !Flag("nf4"))
        {
            return own;
        }

        var other = new GoldenRun("sft", "qlora")._noise;
        return other.Get("weights") * _noise.Get("grad_norm") / other.Get("grad_norm");
    }

    private void Compare(int step, Dictionary<string, Tensor> expected, Dictionary<string, Tensor> ours, double allowed)
    {
        Assert.Equal(expected.Keys.Order(), ours.Keys.Order());
        foreach (var (weight, value) in expected)
        {
            var gap = (value - ours[weight]).abs().max().ToDouble();
            Assert.True(gap <= allowed, $"{Name}, step {step}, {weight}: off by {gap:g3}, allowed {allowed:g3}");
        }
    }

    public List<TokenizedPair> Pairs(string file) =>
        [.. GoldenFiles.Lines(_kind, file).Select(line => new TokenizedPair(Ints(line, "prompt_ids"), Ints(line, "chosen_ids"), Ints(line, "rejected_ids")))];

    public List<TokenizedExample> Examples(string file) => [.. GoldenFiles.Lines(_kind, file).Select(line => Flag("assistant_only_loss")
        ? new TokenizedExample(Ints(line, "input_ids"), [.. Ints(line, "assistant_masks").Select(mask => mask == 1)])
        : TokenizedExample.AllLearned(Ints(line, "input_ids")))];

    public static int[] Ints(JsonElement record, string name) => [.. record.GetProperty(name).EnumerateArray().Select(number => number.GetInt32())];

    public JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllText(GoldenFiles.At(_kind, Name, file))).RootElement;

    private int Int(string name) => Settings.GetProperty(name).GetInt32();
}

internal static class Fluent
{
    public static T With<T>(this T value, Action<T> change)
    {
        change(value);
        return value;
    }
}
