namespace Zephyr.Recipe.Claims;

/// <summary>One step of a dDPO run, as its log has it.</summary>
/// <param name="Epoch">Times through the pairs after this step.</param>
/// <param name="Loss">Training loss.</param>
/// <param name="HeldOut">Held-out loss after this step, where it was measured.</param>
public sealed record LoggedLoss(double Epoch, double Loss, double? HeldOut);

/// <summary>What was observed for one seed: everything that claims are decided from, and nothing else.</summary>
public interface IClaimEvidence
{
    /// <summary>The seed.</summary>
    long Seed { get; }

    /// <summary>One number a prompt; NaN where the measure does not apply to the prompt. The same prompts for every arm.</summary>
    IReadOnlyList<double> Values(string arm, Measure measure, Decoding decoding);

    /// <summary>The log of a dDPO run, step by step.</summary>
    IReadOnlyList<LoggedLoss> Losses(string arm);
}
