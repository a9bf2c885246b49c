using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>Angles and masks of one model's passes. The last plain ones are kept, as training asks for the same again and again.</summary>
internal sealed class PassTables(MistralConfig config)
{
    private (Tensor Cos, Tensor Sin)? _angles;
    private AttentionMask? _causal;
    private (long Time, ScalarType Type, string Device) _anglesFor, _causalFor;

    public BlockContext Context(Tensor ids, TokenLayout? layout, KvCache? cache, ScalarType type)
    {
        if (layout is not null && (layout.Positions.shape[0] != ids.shape[0] || layout.Positions.shape[1] != ids.shape[1]))
        {
            throw new ArgumentException($"ids are [{string.Join(", ", ids.shape)}] but their layout is [{string.Join(", ", layout.Positions.shape)}].", nameof(layout));
        }

        cache?.Begin(ids, layout);
        var (cos, sin) = Angles(ids, layout, cache, type);
        return new(cos, sin, Mask(ids, layout, cache, type), cache, type);
    }

    private (Tensor Cos, Tensor Sin) Angles(Tensor ids, TokenLayout? layout, KvCache? cache, ScalarType type)
    {
        if (layout?.Documents is null && cache is not { Length: > 0 })
        {
            return PlainAngles(ids.shape[1], type, ids.device);
        }

        var positions = layout?.Positions ?? cache!.NextPositions(ids.shape[1]); // [batch, time]
        var (cos, sin) = RotaryEmbedding.Table(positions.unsqueeze(1), config.HeadSize, config.RopeTheta);
        return (cos.to(type), sin.to(type));
    }

    private (Tensor Cos, Tensor Sin) PlainAngles(long time, ScalarType type, Device device)
    {
        var wanted = (time, type, device.ToString());
        if (_angles is null || _anglesFor != wanted)
        {
            using var normal = inference_mode(false);
            using var scope = NewDisposeScope();
            var (cos, sin) = RotaryEmbedding.Table(arange(Scalars.Of(time), ScalarType.Int64, device), config.HeadSize, config.RopeTheta);
            _angles?.Cos.Dispose();
            _angles?.Sin.Dispose();
            _angles = (cos.to(type).reshape(1, 1, time, -1).DetachFromDisposeScope(), sin.to(type).reshape(1, 1, time, -1).DetachFromDisposeScope());
            _anglesFor = wanted;
        }

        return _angles.Value;
    }

    private AttentionMask? Mask(Tensor ids, TokenLayout? layout, KvCache? cache, ScalarType type)
    {
        var (time, keys) = (ids.shape[1], ids.shape[1] + (cache?.Length ?? 0));
        if (cache is not null && time == 1)
        {
            return cache.MaskOfOne(config.SlidingWindow, type) is { } one ? Prepared(one) : null;
        }

        if ((cache is null ? layout?.Documents : cache.Documents(keys)) is { } documents)
        {
            return Prepared(AttentionMask.WithinDocuments(documents, time, config.SlidingWindow, type, layout?.Seen));
        }

        return keys == time ? PlainCausal(ids.shape[0], time, type, ids.device) : Prepared(AttentionMask.Causal(time, keys, config.SlidingWindow, type, ids.device));

        AttentionMask Prepared(AttentionMask mask) => Ops.Prepare(mask, ids.shape[0], config.Heads, config.KvHeads);
    }

    private AttentionMask PlainCausal(long batch, long time, ScalarType type, Device device)
    {
        var wanted = (time, type, device.ToString());
        if (_causal is null || _causalFor != wanted)
        {
            using var normal = inference_mode(false);
            using var scope = NewDisposeScope();
            _causal?.Dispose();
            _causal = Ops.Prepare(AttentionMask.Causal(time, time, config.SlidingWindow, type, device), batch, config.Heads, config.KvHeads).Kept();
            _causalFor = wanted;
        }

        return _causal;
    }
}
