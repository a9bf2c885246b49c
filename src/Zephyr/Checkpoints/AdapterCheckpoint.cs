using Zephyr.Files;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Checkpoints;

/// <summary>Adapters from and to folders of PEFT's shape: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
public static class AdapterCheckpoint
{
    internal const string WeightsFile = "adapter_model.safetensors";

    private const string Prefix = "base_model.model.";

    /// <summary>Saves a model's adapters, fp32. The same adapters give the same bytes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder; made if it does not exist.</param>
    /// <param name="baseModel">Name or folder of the base model, for those who load the adapters; null leaves it open.</param>
    /// <exception cref="InvalidOperationException">The model has no adapters.</exception>
    public static void SaveAdapters(this Mistral model, string folder, string? baseModel = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var options = model.Lora ?? throw new InvalidOperationException($"The model has no adapters to save in {folder}; {nameof(MistralCheckpoint.Save)} keeps whole models.");
        Disk.CreateFolder(folder);
        Safetensors.Write(Path.Combine(folder, WeightsFile), Tensors(model), new Dictionary<string, string> { ["format"] = "pt" });
        AtomicFile.Write(Path.Combine(folder, PeftConfig.FileName), PeftConfig.Write(options, LinearLayer.Of(model.Config).Select(layer => layer.Name), baseModel));
    }

    /// <summary>Puts adapters from a folder beside a model's linear layers, to be used or trained on; everything else is frozen.</summary>
    /// <param name="model">The base model that they were trained on; it has no adapters.</param>
    /// <param name="folder">Holds <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</param>
    /// <exception cref="InvalidDataException">A file breaks its format, asks for other mathematics, or does not fit the model.</exception>
    public static void LoadAdapters(this Mistral model, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (config, weights) = (Path.Combine(folder, PeftConfig.FileName), Path.Combine(folder, WeightsFile));
        var options = PeftConfig.Read(config, [.. LinearLayer.Of(model.Config).Select(layer => layer.Name)]);
        CheckTensors(model, options, config, weights);
        model.AddAdapters(options);
        FillAdapters(model, weights);
    }

    /// <summary>The adapters' matrices by PEFT's names.</summary>
    internal static Dictionary<string, Tensor> Tensors(Mistral model) => model.Projections().Where(found => found.Layer.Adapter is not null)
        .SelectMany(found => new[] { (Name: NameOf(found.Name, 'A'), found.Layer.Adapter!.A.Weight), (Name: NameOf(found.Name, 'B'), found.Layer.Adapter.B.Weight) })
        .ToDictionary(pair => pair.Name, pair => (Tensor)pair.Weight);

    /// <summary>Copies a file's matrices into a model's adapters; names and shapes are known to fit.</summary>
    internal static void FillAdapters(Mistral model, string weights)
    {
        using var none = no_grad();
        using var file = new MappedSafetensors(weights);
        var targets = Tensors(model);
        foreach (var entry in file.Header.Entries)
        {
            file.CopyInto(entry, targets[entry.Name]);
        }
    }

    private static string NameOf(string layer, char matrix) => $"{Prefix}{layer}.lora_{matrix}.weight";

    /// <summary>The file holds what its configuration promises of this model, in the right shapes, and nothing else.</summary>
    private static void CheckTensors(Mistral model, LoraOptions options, string config, string weights)
    {
        var wanted = LinearLayer.Of(model.Config).Where(layer => options.Adapts(layer.Name)).SelectMany(layer => new[]
        {
            (Name: NameOf(layer.Name, 'A'), Shape: new long[] { options.RankOf(layer.Name), layer.Inputs }),
            (Name: NameOf(layer.Name, 'B'), Shape: new long[] { layer.Outputs, options.RankOf(layer.Name) }),
        }).ToDictionary(pair => pair.Name, pair => pair.Shape);
        var found = SafetensorsHeader.Read(weights).Entries.ToDictionary(entry => entry.Name);
        if (wanted.Keys.Except(found.Keys).ToArray() is [var lacking, ..] lost)
        {
            throw new InvalidDataException($"{weights} lacks {lost.Length} of the {wanted.Count} tensors that {config} promises for this model, first {lacking}.");
        }

        if (found.Keys.Except(wanted.Keys).ToArray() is [var extra, ..] others)
        {
            throw new InvalidDataException($"{weights} holds {others.Length} tensors that {config} does not name for this model, first {extra}.");
        }

        foreach (var (name, shape) in wanted)
        {
            if (!found[name].Shape.SequenceEqual(shape))
            {
                throw new InvalidDataException($"{weights}: {name} is [{string.Join(", ", found[name].Shape)}] in the file but [{string.Join(", ", shape)}] by {config} and the model.");
            }
        }
    }
}
