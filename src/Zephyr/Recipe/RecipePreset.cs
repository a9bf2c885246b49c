using System.Globalization;
using System.Reflection;
using Zephyr.Training;

namespace Zephyr.Recipe;

/// <summary>
/// The recipe as one source gives it. The paper, the released run and the later handbook are three different things; each number says why it is believed.
/// </summary>
/// <param name="Name">For tables.</param>
/// <param name="Summary">What this is, in a sentence.</param>
/// <param name="Sft">Step 1.</param>
/// <param name="Dpo">Steps 2 and 3.</param>
public sealed partial record RecipePreset(string Name, string Summary, SftPreset Sft, DpoPreset Dpo)
{
    /// <summary>The four presets in the order of a table.</summary>
    public static IReadOnlyList<RecipePreset> All => [Paper, ReleasedRun, Handbook2024, Tiny];

    /// <summary>Every number with its evidence, in the order of the recipe.</summary>
    public IReadOnlyList<PresetField> Fields() => [.. FieldsOf("dSFT", Sft), .. FieldsOf("dDPO", Dpo)];

    /// <summary>The numbers on which presets disagree: a row a number, a cell a preset.</summary>
    public static IReadOnlyList<PresetDifference> Differences(params IReadOnlyList<RecipePreset> presets)
    {
        ArgumentNullException.ThrowIfNull(presets);
        var fields = presets.Select(preset => preset.Fields()).ToArray();
        return fields.Length == 0 ? [] :
        [
            .. Enumerable.Range(0, fields[0].Count)
                .Select(row => new PresetDifference(fields[0][row].Stage, fields[0][row].Name, [.. fields.Select(column => column[row])]))
                .Where(row => row.Values.Select(value => value.Value).Distinct().Count() > 1),
        ];
    }

    internal static IEnumerable<PresetField> FieldsOf(string stage, object preset)
    {
        foreach (var property in preset.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.PropertyType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Sourced<>))
            {
                var sourced = property.GetValue(preset)!;
                yield return new(
                    stage,
                    property.Name,
                    Text(type.GetProperty("Value")!.GetValue(sourced)),
                    (EvidenceKind)type.GetProperty("Evidence")!.GetValue(sourced)!,
                    (string)type.GetProperty("Source")!.GetValue(sourced)!);
            }
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "-",
        OptimizerOptions { Rule: OptimizerRule.AdamW } adam => string.Create(CultureInfo.InvariantCulture, $"AdamW {adam.Beta1}/{adam.Beta2}, decay {adam.WeightDecay}"),
        OptimizerOptions other => string.Create(CultureInfo.InvariantCulture, $"{other.Rule} {other.Alpha}"),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}

/// <summary>One number of a preset, in words.</summary>
/// <param name="Stage">"dSFT" or "dDPO".</param>
/// <param name="Name">Which number.</param>
/// <param name="Value">The number.</param>
/// <param name="Evidence">What kind of evidence there is.</param>
/// <param name="Source">Where to look.</param>
public sealed record PresetField(string Stage, string Name, string Value, EvidenceKind Evidence, string Source);

/// <summary>A number on which presets disagree.</summary>
/// <param name="Stage">"dSFT" or "dDPO".</param>
/// <param name="Name">Which number.</param>
/// <param name="Values">The number in each preset, with its evidence.</param>
public sealed record PresetDifference(string Stage, string Name, IReadOnlyList<PresetField> Values);
