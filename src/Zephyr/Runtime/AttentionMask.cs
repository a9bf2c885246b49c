using static TorchSharp.torch;

namespace Zephyr.Runtime;

/// <summary>What each query may not see, as numbers added to the scores: 0 where it may look, −1e9 where it may not.</summary>
/// <remarks>One mask carries causality, sliding window, padding and document borders. It is finite, so that a row of padding alone stays finite too.</remarks>
public sealed class AttentionMask : IDisposable
{
    /// <summary>Added to the score of a hidden key; exp of it is exactly 0 beside any visible key, also in bf16.</summary>
    public const double Hidden = -1e9;

    private Tensor? _folded;
    private (long KvHeads, long Group) _foldedFor;

    private AttentionMask(Tensor additive, bool isPlainCausal) => (Additive, IsPlainCausal) = (additive, isPlainCausal);

    /// <summary><c>[1 or batch, time, keys]</c>, in the type of the scores.</summary>
    public Tensor Additive { get; }

    /// <summary>Whether it says nothing but "not what comes after", for as many queries as keys: kernels know that one by themselves.</summary>
    public bool IsPlainCausal { get; }

    /// <summary>Each query sees itself and what is before it, at most <paramref name="window"/> tokens in all.</summary>
    /// <param name="time">Number of queries; they are the last ones of the keys.</param>
    /// <param name="keys">Number of keys, at least <paramref name="time"/>.</param>
    /// <param name="window">How many tokens a query sees, itself included; <c>null</c> is all.</param>
    /// <param name="type">Type of the scores.</param>
    /// <param name="device">Device of the scores.</param>
    public static AttentionMask Causal(long time, long keys, int? window, ScalarType type, Device device) =>
        new(Additives(Visible(time, keys, window, device).unsqueeze(0), type), time == keys && (window is null || window >= keys));

    /// <summary>As <see cref="Causal"/>, and only within the query's own document.</summary>
    /// <param name="documents">Document number of every key, <c>[batch, keys]</c>; 0 is padding, which nobody sees.</param>
    /// <param name="time">Number of queries; they are the last ones of the keys.</param>
    /// <param name="window">How many tokens a query sees, itself included; <c>null</c> is all.</param>
    /// <param name="type">Type of the scores.</param>
    /// <param name="seen">0 on keys that nobody sees though they belong to a document, <c>[batch, keys]</c>; null hides none.</param>
    public static AttentionMask WithinDocuments(Tensor documents, long time, int? window, ScalarType type, Tensor? seen = null)
    {
        var keys = documents.shape[1];
        var own = documents.narrow(1, keys - time, time).unsqueeze(2); // [batch, time, 1]
        var other = (seen is null ? documents : documents * seen).unsqueeze(1); // [batch, 1, keys]
        var visible = own.eq(other).logical_and(other.ne(Scalars.Of(0))).logical_and(Visible(time, keys, window, documents.device));
        return new(Additives(visible, type), isPlainCausal: false);
    }

    /// <summary>The mask with the heads of a group under each other, <c>[1 or batch · kvHeads, group · time, keys]</c>.</summary>
    internal Tensor Folded(long kvHeads, long group)
    {
        if (_folded is not null && _foldedFor == (kvHeads, group))
        {
            return _folded;
        }

        var (rows, time, keys) = (Additive.shape[0], Additive.shape[1], Additive.shape[2]);
        var heads = rows == 1 ? 1 : kvHeads;
        return Additive.reshape(rows, 1, 1, time, keys).expand(rows, heads, group, time, keys).reshape(rows * heads, group * time, keys);
    }

    /// <summary>Folds once for all layers, in the scope that holds the mask; a layer's own scope would take the fold with it.</summary>
    internal AttentionMask Fold(long kvHeads, long group)
    {
        (_folded, _foldedFor) = (Folded(kvHeads, group), (kvHeads, group));
        return this;
    }

    /// <summary>Takes the mask out of the current dispose scope, for one that is kept.</summary>
    internal AttentionMask Kept()
    {
        _folded?.DetachFromDisposeScope();
        Additive.DetachFromDisposeScope();
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _folded?.Dispose();
        Additive.Dispose();
    }

    private static Tensor Visible(long time, long keys, int? window, Device device)
    {
        var query = arange(Scalars.Of(keys - time), Scalars.Of(keys), ScalarType.Int64, device).unsqueeze(1); // [time, 1]
        var key = arange(Scalars.Of(0), Scalars.Of(keys), ScalarType.Int64, device).unsqueeze(0);             // [1, keys]
        var visible = key.le(query);
        return window is { } width ? visible.logical_and(key.gt(query.Plus(-width))) : visible;
    }

    private static Tensor Additives(Tensor visible, ScalarType type) =>
        zeros(visible.shape, type, visible.device).masked_fill_(visible.logical_not(), Scalars.Of(Hidden));
}
