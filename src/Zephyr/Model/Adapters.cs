using Zephyr.Quantization;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>Adapters (LoRA) on a model, and its linear layers in NF4 (QLoRA).</summary>
/// <remarks>Sources: Hu et al. 2021; Dettmers et al. 2023.</remarks>
public static class Adapters
{
    /// <summary>Puts adapters beside the linear layers that the options name and freezes everything else. The model's outputs stay as they are.</summary>
    /// <param name="model">The model; the names of its own weights stay as they are.</param>
    /// <param name="options">Rank, scale and layers.</param>
    /// <exception cref="ArgumentException">A number is impossible, or a target names no layer.</exception>
    /// <exception cref="InvalidOperationException">The model has adapters already.</exception>
    public static void AddAdapters(this Mistral model, LoraOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        if (model.Lora is { } there)
        {
            throw new InvalidOperationException($"The model has adapters of rank {there.Rank} already: {nameof(MergeAdapters)} them first.");
        }

        var layers = LinearLayer.Of(model.Config).ToList();
        var shared = new AdapterSwitch(options.Validated([.. layers.Select(layer => layer.Name)]));
        foreach (var (_, weight) in model.named_parameters())
        {
            weight.requires_grad = false;
        }

        var modules = model.Projections().ToDictionary(found => found.Name, found => found.Layer);
        foreach (var layer in layers.Where(layer => options.Adapts(layer.Name)))
        {
            modules[layer.Name].Attach(new(layer, shared, model.Device));
        }

        model.AdapterSwitch = shared;
    }

    /// <summary>Switches the adapters off until the result is disposed: the model is then the one that they adapt. Write <c>using</c>.</summary>
    /// <exception cref="InvalidOperationException">The model has no adapters.</exception>
    public static IDisposable AdaptersOff(this Mistral model) => Switch(model).Off();

    /// <summary>Takes the adapters into the weights, W + scale · B · A in fp32, and away. Packed weights become plain: all of them, in their former type.</summary>
    /// <param name="model">The model; a plain one afterwards, all of its weights to be trained.</param>
    /// <exception cref="InvalidOperationException">The model has no adapters.</exception>
    public static void MergeAdapters(this Mistral model)
    {
        _ = Switch(model);
        using var none = no_grad();
        foreach (var (_, layer) in model.Projections())
        {
            using var scope = NewDisposeScope();
            if (layer.Packed is { } packed)
            {
                layer.Unpack(packed.Dequantise().DetachFromDisposeScope());
            }

            if (layer.Adapter is { } adapter)
            {
                layer.Weight.copy_(layer.Weight.to(ScalarType.Float32).Plus(adapter.Product()));
                layer.Detach();
            }
        }

        model.AdapterSwitch = null;
        foreach (var (_, weight) in model.named_parameters())
        {
            weight.requires_grad = true;
        }
    }

    /// <summary>Packs every linear layer but the output head into NF4, one after the other. Packed weights are frozen; only adapters can be trained then.</summary>
    /// <param name="model">The model.</param>
    /// <param name="doubleQuantised">Whether the blocks' maxima are quantised too, as QLoRA does.</param>
    public static void PackNf4(this Mistral model, bool doubleQuantised = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var none = no_grad();
        foreach (var (_, layer) in model.Projections().Where(found => found.Name != LinearLayer.Head && found.Layer.Packed is null))
        {
            layer.Pack(Nf4Tensor.Quantise(layer.Weight, doubleQuantised));
        }
    }

    /// <summary>Dropout of a trainer's pass, until the result is disposed; null without adapters.</summary>
    internal static IDisposable? TrainingPass(this Mistral model, int step, int batch) => model.AdapterSwitch?.During(step, batch);

    /// <summary>The linear layers and their published names.</summary>
    internal static List<(string Name, Projection Layer)> Projections(this Mistral model) =>
        [.. model.named_modules().Where(found => found.module is Projection).Select(found => (found.name, (Projection)found.module))];

    /// <summary>Everything that the model's outputs depend on as it stands: with adapters off, without them.</summary>
    internal static IEnumerable<(string Name, Tensor Weight)> WeightsInUse(this Mistral model)
    {
        var matrices = model.Projections().Where(found => found.Layer.Adapter is not null)
            .SelectMany(found => new Tensor[] { found.Layer.Adapter!.A.Weight, found.Layer.Adapter.B.Weight }).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var (name, weight) in model.named_parameters().Where(pair => !matrices.Contains(pair.parameter) || model.AdapterSwitch!.IsOn))
        {
            yield return (name, weight);
        }

        foreach (var (name, layer) in model.Projections().Where(found => found.Layer.Packed is not null))
        {
            yield return ($"{name}.codes", layer.Packed!.Codes);
            yield return ($"{name}.maxima", layer.Packed.Maxima.Dequantise());
        }
    }

    /// <summary>The adapters' factors in words, which outputs depend on too; empty with adapters off.</summary>
    internal static string AdapterScales(this Mistral model) => model.AdapterSwitch is not { IsOn: true } ? "" : string.Join(
        ' ', model.Projections().Where(found => found.Layer.Adapter is not null).Select(found => FormattableString.Invariant($" {found.Name} {found.Layer.Adapter!.Scale:R}")));

    private static AdapterSwitch Switch(Mistral model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.AdapterSwitch ?? throw new InvalidOperationException($"The model has no adapters: call {nameof(AddAdapters)} first.");
    }
}
