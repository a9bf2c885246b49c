using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>Keys and values of past positions, so that a new token is computed once. Memory is taken once, for the whole reply.</summary>
public sealed class KvCache : IDisposable
{
    private readonly Tensor[] _keys, _values; // [batch, kvHeads, capacity, headSize] a layer
    private readonly int? _window;
    private Tensor? _documents;               // [batch, capacity], 1 on text and 0 on padding; null without padding
    private Tensor? _shift;                   // [batch]: a token's position less its place in the row; null without padding

    /// <summary>An empty cache.</summary>
    /// <param name="model">The model whose passes it serves.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="capacity">Tokens a row, prompt and reply together.</param>
    public KvCache(Mistral model, long batch, long capacity)
    {
        var config = model.Config;
        (Capacity, _window) = (capacity, config.SlidingWindow);
        _keys = [.. Enumerable.Range(0, config.Layers).Select(_ => Empty())];
        _values = [.. Enumerable.Range(0, config.Layers).Select(_ => Empty())];

        Tensor Empty() => empty([batch, config.KvHeads, capacity, config.HeadSize], model.WeightType, model.Device).DetachFromDisposeScope();
    }

    /// <summary>Tokens a row that fit.</summary>
    public long Capacity { get; }

    /// <summary>Tokens a row that it holds, padding included.</summary>
    public long Length { get; private set; }

    /// <summary>Type of the passes that it serves: the weights' own, since casting every weight for one token would cost more than the token.</summary>
    public ScalarType Type => _keys[0].dtype;

    /// <summary>Rows.</summary>
    public long Batch => _keys[0].shape[0];

    /// <summary>Keeps only the named rows, in that order: a finished reply costs nothing more.</summary>
    /// <param name="rows">Row numbers, 64-bit.</param>
    public void Keep(Tensor rows)
    {
        using var scope = NewDisposeScope();
        for (var layer = 0; layer < _keys.Length; layer++)
        {
            Replace(ref _keys[layer], _keys[layer].index_select(0, rows));
            Replace(ref _values[layer], _values[layer].index_select(0, rows));
        }

        if (_documents is not null)
        {
            Replace(ref _documents, _documents.index_select(0, rows));
            Replace(ref _shift!, _shift!.index_select(0, rows));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values))
        {
            tensor.Dispose();
        }

        _documents?.Dispose();
        _shift?.Dispose();
    }

    /// <summary>Checks that the tokens fit, and takes up the padding of the first ones.</summary>
    internal void Begin(Tensor ids, TokenLayout? layout)
    {
        if (ids.shape[0] != Batch || Length + ids.shape[1] > Capacity)
        {
            throw new ArgumentException($"ids are [{string.Join(", ", ids.shape)}] but the cache has {Batch} rows and room for {Capacity - Length} of {Capacity} tokens.", nameof(ids));
        }

        if (layout is { IsPaddedRight: true })
        {
            throw new ArgumentException("Rows padded on the right cannot go on from their end; pad prompts on the left.", nameof(layout));
        }

        if (layout is { Seen: not null })
        {
            throw new ArgumentException("A row with hidden tokens cannot go on from its end: the cache keeps no such marks.", nameof(layout));
        }

        if (layout?.Documents is not { } documents)
        {
            return;
        }

        if (Length > 0)
        {
            throw new ArgumentException($"The cache already holds {Length} tokens; a layout with padding belongs to the first ones.", nameof(layout));
        }

        using var scope = NewDisposeScope();
        if (documents.gt(Scalars.Of(1)).any().item<bool>())
        {
            throw new ArgumentException("Rows of several documents cannot go on; give each document a row of its own.", nameof(layout));
        }

        var all = ones([Batch, Capacity], ScalarType.Int64, ids.device);
        all.narrow(1, 0, ids.shape[1]).copy_(documents);
        _documents = all.DetachFromDisposeScope();
        _shift = layout.Positions.narrow(1, ids.shape[1] - 1, 1).squeeze(1).Plus(1 - ids.shape[1]).DetachFromDisposeScope();
    }

    /// <summary>Positions of the next tokens, <c>[1 or batch, time]</c>.</summary>
    internal Tensor NextPositions(long time)
    {
        var index = arange(Scalars.Of(Length), Scalars.Of(Length + time), ScalarType.Int64, _keys[0].device).unsqueeze(0);
        return _shift is null ? index : index.Plus(_shift.unsqueeze(1));
    }

    /// <summary>Text and padding among the first <paramref name="keys"/> tokens, <c>[batch, keys]</c>; <c>null</c> without padding.</summary>
    internal Tensor? Documents(long keys) => _documents?.narrow(1, 0, keys);

    /// <summary>The mask of one further token: causality hides nothing, and the window is cut from the keys themselves.</summary>
    internal AttentionMask? MaskOfOne(int? window, ScalarType type)
    {
        if (_documents is null)
        {
            return null;
        }

        var keys = Math.Min(Length + 1, window ?? long.MaxValue);
        return AttentionMask.WithinDocuments(_documents.narrow(1, Length + 1 - keys, keys), 1, null, type);
    }

    /// <summary>Adds one layer's new keys and values and returns all that a query may read, <c>[batch, kvHeads, keys, headSize]</c>.</summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor key, Tensor value)
    {
        var time = key.shape[2];
        _keys[layer].narrow(2, Length, time).copy_(key);
        _values[layer].narrow(2, Length, time).copy_(value);
        var all = Length + time;
        var kept = time == 1 ? Math.Min(all, _window ?? all) : all;
        return (_keys[layer].narrow(2, all - kept, kept), _values[layer].narrow(2, all - kept, kept));
    }

    /// <summary>Counts tokens that every layer has taken up.</summary>
    internal void Advance(long time) => Length += time;

    private static void Replace(ref Tensor kept, Tensor with)
    {
        kept.Dispose();
        kept = with.DetachFromDisposeScope();
    }
}
