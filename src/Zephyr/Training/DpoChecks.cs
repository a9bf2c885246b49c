using Zephyr.Losses;

namespace Zephyr.Training;

/// <summary>Refuses options that contradict each other or the reference, before anything is computed.</summary>
internal static class DpoChecks
{
    /// <summary>Checks what the losses will read.</summary>
    /// <param name="options">The run's numbers.</param>
    /// <param name="reference">What the run has to compare with; null is nothing.</param>
    /// <exception cref="ArgumentException">Two things disagree; the message names both.</exception>
    public static void Check(this DpoOptions options, IReference? reference)
    {
        if (options.Losses.Count == 0)
        {
            throw new ArgumentException("There is no loss to minimise: Losses is empty.", nameof(options));
        }

        if (options.LengthDesensitization is < 0 or > 1)
        {
            throw new ArgumentException($"LengthDesensitization is {options.LengthDesensitization}: give 0 (what is longer does not count) to 1 (plain sums), or null.", nameof(options));
        }

        foreach (var part in options.Losses)
        {
            CheckNumbers(part, options);
            if (reference is null && !part.IsReferenceFree)
            {
                throw new ArgumentException(
                    $"{part.Loss} compares the policy with a reference, and the reference is null: give one, or take losses that need none ({PreferenceLoss.SimPo}, {PreferenceLoss.Orpo}, {PreferenceLoss.Sft}).",
                    nameof(reference));
            }
        }

        if (reference is not null && reference.LengthDesensitization != options.LengthDesensitization)
        {
            throw new ArgumentException(
                $"The options sum with LengthDesensitization {Named(options.LengthDesensitization)}, the reference with {Named(reference.LengthDesensitization)}: make the reference with the options' value.",
                nameof(reference));
        }
    }

    private static void CheckNumbers(WeightedLoss part, DpoOptions options)
    {
        void Require(bool holds, string what)
        {
            if (!holds)
            {
                throw new ArgumentException($"{part.Loss}: {what}", nameof(options));
            }
        }

        Require(double.IsFinite(part.Weight), $"its weight is {part.Weight}, which is not finite.");
        Require((part.Beta ?? options.Beta) > 0, $"its β is {part.Beta ?? options.Beta}, which is not positive.");
        Require(part.Tau is null or > 0, $"its τ is {part.Tau}, which is not positive.");
        Require(part.Gamma is null or >= 0, $"its γ is {part.Gamma}, which is negative.");
        Require(part.Tau is null || part.Loss == PreferenceLoss.DiscoPop, $"it has no τ, yet Tau is {part.Tau}; only {PreferenceLoss.DiscoPop} reads it.");
        Require(part.Gamma is null || part.Loss == PreferenceLoss.SimPo, $"it has no γ, yet Gamma is {part.Gamma}; only {PreferenceLoss.SimPo} reads it.");
        if (part.Loss is PreferenceLoss.Conservative or PreferenceLoss.Robust or PreferenceLoss.Aot or PreferenceLoss.AotUnpaired or PreferenceLoss.ExoPair)
        {
            Require(options.LabelSmoothing is >= 0 and < 0.5, $"LabelSmoothing is {options.LabelSmoothing}: give a share from 0 to below 0.5.");
        }

        Require(part.Loss != PreferenceLoss.ExoPair || options.LabelSmoothing > 0, "LabelSmoothing is 0, where this loss is infinite; 0.001 is usual.");
        var sorts = part.Loss is PreferenceLoss.Aot or PreferenceLoss.AotUnpaired;
        Require(!(sorts && options.PolicyWeighting), "it compares sorted values and not pairs, so PolicyWeighting has no pair to weigh: leave one of them out.");
        var reverse = options.Divergence is null || options.Divergence == FDivergence.ReverseKl;
        Require(reverse || !(sorts || part.Loss == PreferenceLoss.ApoZero), $"its equation knows reverse KL only, yet Divergence is {options.Divergence?.Kind}: leave one of them out.");
    }

    private static string Named(double? value) => value is { } number ? FormattableString.Invariant($"{number}") : "null (plain sums)";
}
