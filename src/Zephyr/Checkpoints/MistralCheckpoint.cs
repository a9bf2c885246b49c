using Zephyr.Files;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Checkpoints;

/// <summary>Models from and to folders of the published shape: <c>config.json</c> and safetensors, in one file or in shards with an index.</summary>
public static class MistralCheckpoint
{
    internal const string OneFile = "model.safetensors", IndexFile = "model.safetensors.index.json";

    extension(Mistral)
    {
        /// <summary>Loads a model; the weights are copied from the mapped files, once, and cast if another type is asked for.</summary>
        /// <param name="folder">Holds <c>config.json</c> and <c>model.safetensors</c>, or shards with <c>model.safetensors.index.json</c>.</param>
        /// <param name="device">Where; <c>null</c> is the CPU.</param>
        /// <param name="dtype">Type of the weights; <c>null</c> is the file's.</param>
        /// <exception cref="InvalidDataException">A tensor is missing, unknown or of another shape, or a file breaks its format.</exception>
        public static Mistral Load(string folder, Device? device = null, ScalarType? dtype = null)
        {
            var config = MistralConfig.Read(folder);
            using var files = new WeightFiles(folder);
            var model = new Mistral(config, device, dtype ?? files.Type);
            files.Fill(model);
            return model;
        }

        /// <summary>Loads a model with every linear layer but the output head in NF4 (QLoRA): each is packed straight from the mapped file.</summary>
        /// <param name="folder">As for <c>Load</c>.</param>
        /// <param name="device">Where; <c>null</c> is the CPU.</param>
        /// <param name="dtype">Type of the other weights, and of packed ones when they are unpacked; <c>null</c> is the file's.</param>
        /// <exception cref="InvalidDataException">A tensor is missing, unknown or of another shape, or a file breaks its format.</exception>
        /// <remarks>On the CPU a weight that is packed is never copied: Mistral-7B takes 4.1 GB instead of 14.5.</remarks>
        public static Mistral LoadNf4(string folder, Device? device = null, ScalarType? dtype = null)
        {
            var config = MistralConfig.Read(folder);
            using var files = new WeightFiles(folder);
            var model = new Mistral(config, device, dtype ?? files.Type);
            files.Fill(model, packNf4: true);
            return model;
        }
    }

    /// <summary>Saves a model as <c>config.json</c> and one <c>model.safetensors</c> in the weights' type. The same weights give the same bytes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder; made if it does not exist.</param>
    /// <param name="dtype">Type in the file, fp32 or bf16; <c>null</c> is the weights' own.</param>
    /// <exception cref="InvalidOperationException">The model has adapters, or packed weights, which this folder could not hold.</exception>
    public static void Save(this Mistral model, string folder, ScalarType? dtype = null)
    {
        if (model.Lora is not null || model.Projections().Any(found => found.Layer.Packed is not null))
        {
            throw new InvalidOperationException(
                $"The model {(model.Lora is null ? "is in NF4" : "has adapters")}, which {OneFile} does not hold: {nameof(AdapterCheckpoint.SaveAdapters)} keeps adapters, {nameof(Adapters.MergeAdapters)} makes a plain model.");
        }

        var type = dtype ?? model.WeightType;
        var spelling = type switch
        {
            ScalarType.Float32 => "float32",
            ScalarType.BFloat16 => "bfloat16",
            var other => throw new ArgumentException($"Weights would be saved as {other}; float32 and bfloat16 are published types.", nameof(dtype)),
        };
        Disk.CreateFolder(folder);
        AtomicFile.Write(Path.Combine(folder, "config.json"), model.Config.ToJson(spelling));

        using var scope = NewDisposeScope();
        using var none = no_grad();
        var weights = model.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.to(type));
        Safetensors.Write(Path.Combine(folder, OneFile), weights, new Dictionary<string, string> { ["format"] = "pt" });
    }
}
