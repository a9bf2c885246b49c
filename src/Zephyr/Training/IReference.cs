using Zephyr.Data;
using Zephyr.Losses;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>What the frozen dSFT model makes of pairs: known beforehand (<see cref="ReferenceLogProbs"/>) or asked each time (<see cref="FrozenReference"/>).</summary>
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
    private readonly Lazy<string> _lineage = new(() => Training.Lineage.HashOf(model));

    /// <inheritdoc/>
    public string Lineage => _lineage.Value;

    /// <inheritdoc/>
    public double? LengthDesensitization => lengthDesensitization;

    /// <inheritdoc/>
    public PairLogProbs Of(IReadOnlyList<TokenizedPair> pairs, PairBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var none = no_grad();
        return PairScores.Of(model, batch, metrics: false, lengthDesensitization).LogProbs;
    }
}
