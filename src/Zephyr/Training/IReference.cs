using Zephyr.Data;
using Zephyr.Losses;
using Zephyr.Model;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>What the frozen dSFT model makes of pairs: known beforehand (<see cref="ReferenceLogProbs"/>), asked each time (<see cref="FrozenReference"/>),
/// or found under the policy's adapters (<see cref="AdaptersOffReference"/>).</summary>
public interface IReference
{
    /// <summary>How much of a response beyond the other's length is in the sums (<see cref="LengthDesensitization"/>); null is all of it.</summary>
    double? LengthDesensitization => null;

    /// <summary>log π_ref of both responses of each pair, summed; no gradients.</summary>
    /// <param name="pairs">The pairs of a batch.</param>
    /// <param name="batch">The same as tensors.</param>
    PairLogProbs Of(IReadOnlyList<TokenizedPair> pairs, PairBatch batch);

    /// <summary>Which frozen model this is, as a hash: a run is not gone on with against another one.</summary>
    string Lineage { get; }
}

/// <summary>A reference that is run on every batch: nothing is prepared or kept, and a step costs one more forward pass.</summary>
/// <param name="model">The model; it must not be the one being trained.</param>
/// <param name="lengthDesensitization">How much of a response beyond the other's length is summed, as in the run's <see cref="DpoOptions.LengthDesensitization"/>; null is all.</param>
public sealed class FrozenReference(Mistral model, double? lengthDesensitization = null) : IReference
{
    private string? _lineage;

    /// <inheritdoc/>
    public string Lineage => _lineage ??= Training.Lineage.HashOf(model);

    /// <inheritdoc/>
    public double? LengthDesensitization => lengthDesensitization;

    /// <inheritdoc/>
    public PairLogProbs Of(IReadOnlyList<TokenizedPair> pairs, PairBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var none = no_grad();
        return PairScores.Of(model, batch, metrics: false, lengthDesensitization).LogProbs;
    }

    /// <summary>Moves the reference towards the policy, weight by weight: share · policy + (1 − share) · reference. Call it between two steps of a run.</summary>
    /// <param name="policy">The policy; nothing about it changes.</param>
    /// <param name="share">Above 0 (stays) to 1 (becomes the policy). TRL's default: 0.6, after every 512th step.</param>
    /// <remarks>
    /// Source: Gorbatovski et al. 2024, "Learn your reference model for real good alignment" (TR-DPO), soft update. The run's checkpoints do not hold the
    /// reference: keep it by yourself where such a run is to be resumed.
    /// </remarks>
    /// <exception cref="ArgumentException">The two have other weights.</exception>
    public void MixIn(Mistral policy, double share)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        using var none = no_grad();
        var theirs = policy.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        var ours = model.named_parameters().ToList();
        foreach (var (name, weight) in ours)
        {
            if (!theirs.TryGetValue(name, out var other) || !other.shape.SequenceEqual(weight.shape) || ours.Count != theirs.Count)
            {
                throw new ArgumentException($"The policy ({theirs.Count} weights) and the reference ({ours.Count}) do not agree on {name}: mix models of one shape, without adapters.", nameof(policy));
            }
        }

        _lineage = null;
        foreach (var (name, weight) in ours)
        {
            weight.mul_(Scalars.Of(1 - share)).add_(theirs[name], Scalars.Of(share));
        }
    }
}
