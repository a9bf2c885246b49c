using System.Text.Json;
using Zephyr.Model;

namespace Zephyr.Training;

/// <summary>What a checkpoint that holds adapters alone belongs to: how they were made, and the frozen weights beside them.</summary>
internal static class AdapterIdentity
{
    /// <summary>In words; null for a model without adapters, whose checkpoints hold all of it.</summary>
    public static string? Of(Mistral model) =>
        model.AdapterSwitch is not { } shared ? null : $"{JsonSerializer.Serialize(shared.Options)} beside {shared.FrozenHash ??= FrozenHashOf(model)}";

    private static string FrozenHashOf(Mistral model)
    {
        using var off = model.AdaptersOff();
        return Lineage.HashOf(model);
    }
}
