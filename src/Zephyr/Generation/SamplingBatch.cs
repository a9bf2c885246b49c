using Zephyr.Model;
using Zephyr.Rows;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Generation;

/// <summary>Some prompts on their way to replies, padded on the left so that all draw their next token together.</summary>
internal sealed class SamplingBatch : IDisposable
{
    private readonly Mistral _model;
    private readonly SamplingOptions _options;
    private readonly Action<SampledToken>? _onToken;
    private readonly HashSet<int> _ends;
    private readonly KvCache _cache;
    private readonly List<int>[] _texts; // prompt and reply of each row
    private readonly int[] _rows, _promptLengths;
    private readonly StopReason?[] _stops;
    private int[] _inCache; // which of the rows the cache still holds

    public SamplingBatch(Mistral model, IReadOnlyList<int[]> prompts, int[] rows, SamplingOptions options, Action<SampledToken>? onToken)
    {
        (_model, _options, _onToken, _rows) = (model, options, onToken, rows);
        _ends = [.. options.EndIds ?? [model.Config.EosId]];
        _texts = [.. rows.Select(row => prompts[row].ToList())];
        _promptLengths = [.. rows.Select(row => prompts[row].Length)];
        _stops = new StopReason?[rows.Length];
        _inCache = [.. Enumerable.Range(0, rows.Length)];
        _cache = new(model, rows.Length, _promptLengths.Max() + options.MaxNewTokens);
    }

    public IEnumerable<(int Row, Reply Reply)> Run(CancellationToken cancellation)
    {
        for (var position = 0; position < _options.MaxNewTokens && _stops.Contains(null) && !cancellation.IsCancellationRequested; position++)
        {
            Take(NextToken(position), position);
        }

        return _rows.Select((row, index) => (row, new Reply([.. Written(index)], _stops[index] ?? Unfinished(index))));
    }

    public void Dispose() => _cache.Dispose();

    private StopReason Unfinished(int index) =>
        _texts[index].Count - _promptLengths[index] >= _options.MaxNewTokens ? StopReason.Length : StopReason.Cancelled;

    private IEnumerable<int> Written(int index) => _texts[index].Skip(_promptLengths[index]);

    /// <summary>The next token of every row in the cache.</summary>
    private int[] NextToken(int position)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var (ids, layout) = position == 0 ? Prompts() : Last();
        var hidden = _model.Hidden(ids, layout, _cache);
        var logits = _model.Head(hidden.select(1, ids.shape[1] - 1), _model.WeightType); // [rows, vocab]
        if (_options is { Temperature: 0, RepetitionPenalty: 1 })
        {
            return Likeliest(logits);
        }

        var scores = logits.to(ScalarType.Float32).cpu().contiguous();
        return [.. _inCache.Select((index, at) => Draw(MappedTensors.Row(scores, at), index, position))];
    }

    private static int[] Likeliest(Tensor logits)
    {
        var (values, indices) = logits.max(1);
        return values.isnan().any().item<bool>()
            ? throw new InvalidOperationException("A logit is not a number: the model's weights or its input are broken.")
            : [.. indices.cpu().data<long>().Select(id => (int)id)];
    }

    private int Draw(ReadOnlySpan<float> logits, int index, int position)
    {
        var candidates = Candidates.Of(logits, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_texts[index]), _options);
        return candidates.At(new SplitMix(SplitMix.Mix(_options.Seed, _rows[index], position)).NextDouble());
    }

    private void Take(int[] drawn, int position)
    {
        for (var at = 0; at < drawn.Length; at++)
        {
            var index = _inCache[at];
            if (_stops[index] is not null)
            {
                continue;
            }

            if (_ends.Contains(drawn[at]))
            {
                _stops[index] = StopReason.EndOfText;
                continue;
            }

            _texts[index].Add(drawn[at]);
            _onToken?.Invoke(new(_rows[index], position, drawn[at]));
            _stops[index] = position + 1 == _options.MaxNewTokens ? StopReason.Length : null;
        }

        DropFinished();
    }

    /// <summary>Takes finished rows out of the cache once they are a quarter of it: copying it costs about a token.</summary>
    private void DropFinished()
    {
        var going = Enumerable.Range(0, _inCache.Length).Where(at => _stops[_inCache[at]] is null).ToArray();
        if (going.Length == 0 || going.Length > _inCache.Length * 3 / 4)
        {
            return;
        }

        using var rows = tensor(going.Select(at => (long)at).ToArray(), device: _model.Device);
        _cache.Keep(rows);
        _inCache = [.. going.Select(at => _inCache[at])];
    }

    private (Tensor Ids, TokenLayout? Layout) Prompts()
    {
        var (count, longest) = (_rows.Length, _promptLengths.Max());
        var (ids, mask) = (new long[count, longest], new long[count, longest]);
        for (var index = 0; index < count; index++)
        {
            var start = longest - _promptLengths[index];
            for (var t = start; t < longest; t++)
            {
                (ids[index, t], mask[index, t]) = (_texts[index][t - start], 1);
            }
        }

        var layout = _promptLengths.Min() == longest ? null : TokenLayout.Padded(tensor(mask, device: _model.Device));
        return (tensor(ids, device: _model.Device), layout);
    }

    private (Tensor Ids, TokenLayout? Layout) Last() =>
        (tensor(_inCache.Select(index => (long)_texts[index][^1]).ToArray(), device: _model.Device).unsqueeze(1), null);
}
