using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Losses;

/// <summary>s = log π − log π_ref of both responses of each pair: what every loss with a reference is a function of.</summary>
/// <param name="Chosen">s_w, nats, <c>[batch]</c>; carries gradients.</param>
/// <param name="Rejected">s_l, nats, <c>[batch]</c>; carries gradients.</param>
/// <param name="Beta">What makes a reward of a log-ratio.</param>
internal sealed record LogRatios(Tensor Chosen, Tensor Rejected, double Beta)
{
    /// <summary>h = s_w − s_l.</summary>
    public Tensor Gap => Chosen - Rejected;

    /// <summary>Subtracts; refuses a β that is not positive.</summary>
    public static LogRatios Of(PairLogProbs policy, PairLogProbs reference, double beta)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        return new(policy.Chosen - reference.Chosen, policy.Rejected - reference.Rejected, beta);
    }

    /// <summary>log π/l, nats per token, in place of s: what losses without a reference have.</summary>
    public static LogRatios PerToken(PairLogProbs policy, PairLengths lengths, double beta)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        return new(policy.Chosen / lengths.Chosen, policy.Rejected / lengths.Rejected, beta);
    }

    /// <summary>f'(exp s) in place of s; null is reverse KL, which changes nothing.</summary>
    public LogRatios Under(FDivergence? divergence) =>
        divergence is null ? this : this with { Chosen = divergence.Score(Chosen), Rejected = divergence.Score(Rejected) };

    /// <summary>A loss beside the rewards of these log-ratios.</summary>
    public DpoOutput With(Tensor loss) => new(loss, Chosen.detach().Times(Beta), Rejected.detach().Times(Beta));
}

/// <summary>−log σ and its mixtures, in the form that neither overflows nor loses digits.</summary>
internal static class Logistic
{
    /// <summary>−log σ(x) = log(1 + exp(−x)).</summary>
    public static Tensor Loss(Tensor x) => nn.functional.logsigmoid(x).neg();

    /// <summary>−(1 − ε) log σ(x) − ε log σ(−x): a share ε of the labels is the wrong way round.</summary>
    public static Tensor Smoothed(Tensor x, double epsilon) => epsilon == 0 ? Loss(x) : Loss(x).Times(1 - epsilon).Plus(Loss(x.neg()).Times(epsilon));

    /// <summary>Refuses a share of wrong labels outside [0, 0.5): from a half on, labels say nothing or the reverse.</summary>
    public static void CheckSmoothing(double labelSmoothing)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(labelSmoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labelSmoothing, 0.5);
    }
}
