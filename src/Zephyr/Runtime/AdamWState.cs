using static TorchSharp.torch;

namespace Zephyr.Runtime;

/// <summary>The weights that AdamW moves and what it remembers of each: running means of the gradient and of its square.</summary>
/// <remarks>Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization".</remarks>
public sealed class AdamWState : IDisposable
{
    /// <summary>Starts with nothing remembered.</summary>
    /// <param name="weights">The weights; moved in place by <see cref="Ops.AdamW"/>.</param>
    public AdamWState(IEnumerable<Tensor> weights)
    {
        Weights = [.. weights];
        Means = [.. Weights.Select(Zeros)];
        Variances = [.. Weights.Select(Zeros)];

        static Tensor Zeros(Tensor weight) => zeros(weight.shape, weight.dtype, weight.device).DetachFromDisposeScope();
    }

    /// <summary>The weights.</summary>
    public IReadOnlyList<Tensor> Weights { get; }

    /// <summary>Running mean of each weight's gradient (m), same shape as the weight.</summary>
    public IReadOnlyList<Tensor> Means { get; }

    /// <summary>Running mean of each weight's squared gradient (v).</summary>
    public IReadOnlyList<Tensor> Variances { get; }

    /// <summary>Steps made so far. Set it, with the means and variances, when training goes on from a checkpoint.</summary>
    public long Steps { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Means.Concat(Variances))
        {
            tensor.Dispose();
        }
    }
}

/// <summary>The numbers of one AdamW step.</summary>
/// <param name="Rate">Learning rate of this step.</param>
/// <param name="Beta1">How much of the gradient's mean is kept.</param>
/// <param name="Beta2">How much of the squared gradient's mean is kept.</param>
/// <param name="Epsilon">Added to the root of the variance.</param>
/// <param name="WeightDecay">Share of a weight, times the rate, that is taken off before the step.</param>
public sealed record AdamWStep(double Rate, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0);
