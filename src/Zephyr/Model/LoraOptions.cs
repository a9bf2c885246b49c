using System.Text.RegularExpressions;

namespace Zephyr.Model;

/// <summary>Low-rank adapters: beside a frozen W stands scale · B · A with A [rank, in], B [out, rank]; only A and B are trained.</summary>
/// <remarks>
/// Source: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models", section 4. The released recipe's adapters: rank 64, alpha 16, dropout 0.1 on
/// the four attention projections; the handbook's QLoRA of 2024: rank 128, alpha 128, dropout 0.05 on all linear layers.
/// </remarks>
public sealed record LoraOptions
{
    /// <summary>As a target: every linear layer but the output head.</summary>
    public const string AllLinear = "all-linear";

    /// <summary>Inner width of the product B · A.</summary>
    public required int Rank { get; init; }

    /// <summary>Numerator of the scale: alpha / rank (Hu et al. 2021, section 4.1), or alpha / √rank.</summary>
    public required double Alpha { get; init; }

    /// <summary>
    /// Linear layers that get adapters: ends of their published names (<c>q_proj</c>, <c>self_attn.q_proj</c>, <c>model.layers.0.self_attn.q_proj</c>,
    /// <c>lm_head</c>), or <see cref="AllLinear"/>.
    /// </summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>Share of an adapter's inputs that is zeroed in supervised training; the mask follows from seed, step, batch and layer.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether the scale is alpha / √rank, which keeps gradients alike at any rank (Kalajdzievski 2023, rsLoRA).</summary>
    public bool UseRsLora { get; init; }

    /// <summary>Other ranks for layers whose name ends in a part that matches the key, a regular expression; the first match counts.</summary>
    public IReadOnlyDictionary<string, int> RankPattern { get; init; } = new Dictionary<string, int>();

    /// <summary>Other alphas, likewise.</summary>
    public IReadOnlyDictionary<string, double> AlphaPattern { get; init; } = new Dictionary<string, double>();

    /// <summary>Start of A and masks of the dropout follow from it.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>The rank of a layer's adapter.</summary>
    /// <param name="layer">Its published name, without <c>.weight</c>.</param>
    public int RankOf(string layer) => Matching(RankPattern.Keys, layer) is { } key ? RankPattern[key] : Rank;

    /// <summary>The factor of a layer's B · A.</summary>
    /// <param name="layer">Its published name, without <c>.weight</c>.</param>
    public double ScaleOf(string layer)
    {
        var alpha = Matching(AlphaPattern.Keys, layer) is { } key ? AlphaPattern[key] : Alpha;
        return UseRsLora ? alpha / Math.Sqrt(RankOf(layer)) : alpha / RankOf(layer);
    }

    /// <summary>Whether a linear layer gets an adapter.</summary>
    /// <param name="layer">Its published name, without <c>.weight</c>.</param>
    public bool Adapts(string layer) => Targets.Any(target =>
        layer == target || layer.EndsWith("." + target, StringComparison.Ordinal) || (target == AllLinear && layer != LinearLayer.Head));

    /// <summary>Numbers that are trained, by arithmetic: nothing is allocated.</summary>
    /// <param name="config">The sizes of the model.</param>
    public long ParameterCount(MistralConfig config) =>
        LinearLayer.Of(config).Where(layer => Adapts(layer.Name)).Sum(layer => (long)RankOf(layer.Name) * (layer.Inputs + layer.Outputs));

    /// <summary>Checks the numbers, and that every target names a layer.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">They do not; the message names the number or the target.</exception>
    internal LoraOptions Validated(IReadOnlyCollection<string> layers)
    {
        if (Rank < 1 || RankPattern.Values.Any(rank => rank < 1))
        {
            throw new ArgumentException($"A rank is {RankPattern.Values.Append(Rank).Min()}; it must be at least 1.");
        }

        if (!(Dropout >= 0 && Dropout < 1) || !double.IsFinite(Alpha))
        {
            throw new ArgumentException($"{nameof(Dropout)} is {Dropout} and {nameof(Alpha)} {Alpha}: from 0 to below 1, and a number, are needed.");
        }

        var idle = Targets.Where(target => !layers.Any(layer => (this with { Targets = [target] }).Adapts(layer))).ToList();
        return Targets.Count > 0 && idle.Count == 0 ? this : throw new ArgumentException(
            $"{nameof(Targets)} {(Targets.Count == 0 ? "are empty" : $"name no linear layer with {string.Join(", ", idle)}")}. This model has {string.Join(", ", layers.Select(layer => layer.Split('.')[^1]).Distinct())}.");
    }

    private static string? Matching(IEnumerable<string> patterns, string layer) =>
        patterns.FirstOrDefault(pattern => Regex.IsMatch(layer, $@"^(.*\.)?({pattern})$", RegexOptions.CultureInvariant));
}
