using System.Text.Json;
using Zephyr.Losses;
using Zephyr.Training;

namespace Zephyr.Tests;

/// <summary>The reference trainer's settings of a preference loss as the kit's options.</summary>
internal static class GoldenDpoSettings
{
    /// <summary>The settings that <see cref="Read"/> understands.</summary>
    public static IReadOnlyList<string> Known { get; } =
        ["beta", "loss_type", "loss_weights", "label_smoothing", "discopop_tau", "ld_alpha", "use_weighting", "f_divergence_type", "f_alpha_divergence_coef"];

    private static readonly Dictionary<string, PreferenceLoss> Losses = new()
    {
        ["sigmoid"] = PreferenceLoss.Sigmoid,
        ["hinge"] = PreferenceLoss.Hinge,
        ["ipo"] = PreferenceLoss.Ipo,
        ["exo_pair"] = PreferenceLoss.ExoPair,
        ["nca_pair"] = PreferenceLoss.NcaPair,
        ["robust"] = PreferenceLoss.Robust,
        ["bco_pair"] = PreferenceLoss.BcoPair,
        ["sppo_hard"] = PreferenceLoss.SppoHard,
        ["aot"] = PreferenceLoss.Aot,
        ["aot_unpaired"] = PreferenceLoss.AotUnpaired,
        ["apo_zero"] = PreferenceLoss.ApoZero,
        ["apo_down"] = PreferenceLoss.ApoDown,
        ["discopop"] = PreferenceLoss.DiscoPop,
        ["sft"] = PreferenceLoss.Sft,
        ["sigmoid_norm"] = PreferenceLoss.SigmoidNorm,
    };

    /// <summary>Losses and their numbers; what a run needs beside them is left to the caller.</summary>
    public static DpoOptions Read(JsonElement settings)
    {
        var kinds = settings.GetProperty("loss_type").EnumerateArray().Select(kind => Losses[kind.GetString()!]).ToArray();
        var weights = settings.TryGetProperty("loss_weights", out var given) && given.ValueKind == JsonValueKind.Array
            ? given.EnumerateArray().Select(weight => weight.GetDouble()) : kinds.Select(_ => 1.0);
        double? tau = settings.TryGetProperty("discopop_tau", out var softness) ? softness.GetDouble() : null;
        return new()
        {
            LearningRate = new() { Peak = 0, Shape = RateShape.Constant },
            BatchSize = 1,
            Beta = settings.Get("beta"),
            LabelSmoothing = settings.Get("label_smoothing", otherwise: 0),
            Losses = [.. kinds.Zip(weights, (kind, weight) => new WeightedLoss(kind, weight) { Tau = kind == PreferenceLoss.DiscoPop ? tau : null })],
            Divergence = Divergence(settings),
            LengthDesensitization = settings.TryGetProperty("ld_alpha", out var alpha) && alpha.ValueKind == JsonValueKind.Number ? alpha.GetDouble() : null,
            PolicyWeighting = settings.TryGetProperty("use_weighting", out var weighting) && weighting.GetBoolean(),
        };
    }

    private static FDivergence? Divergence(JsonElement settings) => settings.TryGetProperty("f_divergence_type", out var kind) ? kind.GetString() switch
    {
        "reverse_kl" => null,
        "forward_kl" => FDivergence.ForwardKl,
        "js_divergence" => FDivergence.JensenShannon,
        "alpha_divergence" => new(DivergenceKind.Alpha, settings.Get("f_alpha_divergence_coef", otherwise: 0.5)),
        var other => throw new InvalidDataException($"f_divergence_type {other}?"),
    } : null;
}
