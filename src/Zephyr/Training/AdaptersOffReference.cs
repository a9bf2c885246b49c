using Zephyr.Data;
using Zephyr.Losses;
using Zephyr.Model;

namespace Zephyr.Training;

/// <summary>The policy with its adapters switched off as the reference: no second model is held, and a step costs one more forward pass.</summary>
/// <param name="policy">The model that is trained; it has adapters, and they began as nothing.</param>
/// <param name="lengthDesensitization">As in <see cref="FrozenReference"/>.</param>
public sealed class AdaptersOffReference(Mistral policy, double? lengthDesensitization = null) : IReference
{
    private readonly FrozenReference _base = new(policy, lengthDesensitization);

    /// <inheritdoc/>
    public double? LengthDesensitization => lengthDesensitization;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The policy has no adapters.</exception>
    public string Lineage
    {
        get
        {
            using var off = policy.AdaptersOff();
            return _base.Lineage;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The policy has no adapters.</exception>
    public PairLogProbs Of(IReadOnlyList<TokenizedPair> pairs, PairBatch batch)
    {
        using var off = policy.AdaptersOff();
        return _base.Of(pairs, batch);
    }
}
