using static TorchSharp.torch;

namespace Zephyr.Runtime;

/// <summary>Every operation of <see cref="Ops"/> in the plainest tensor operations: the definition, the fallback, and what shortcuts are compared with.</summary>
internal static class PlainOps
{
    public static Tensor Linear(Tensor x, Tensor weight) => nn.functional.linear(x, weight.to(x.dtype));

    public static Tensor Embedding(Tensor ids, Tensor table) =>
        table.index_select(0, ids.reshape(-1)).reshape([.. ids.shape, table.shape[1]]);

    public static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon)
    {
        var exact = x.to(x.dtype is ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        var scale = rsqrt(exact.square().mean([-1], keepdim: true).Plus(epsilon));
        return (exact * scale).to(x.dtype) * weight.to(x.dtype);
    }

    public static Tensor SwiGlu(Tensor gate, Tensor up) => nn.functional.silu(gate) * up;

    public static Tensor LogProbs(Tensor logits, Tensor targets, long ignored)
    {
        var wide = logits.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? logits.to(ScalarType.Float32) : logits;
        return -nn.functional.cross_entropy(wide, targets, ignore_index: ignored, reduction: nn.Reduction.None);
    }

    public static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        var halves = x.chunk(2, dim: -1);
        return cat([halves[0] * cos - halves[1] * sin, (halves[1] * cos).Plus(halves[0] * sin)], dim: -1);
    }

    public static Tensor Attention(Tensor query, Tensor key, Tensor value, AttentionMask? mask)
    {
        var group = query.shape[1] / key.shape[1];
        var keys = key.repeat_interleave(group, dim: 1);     // [batch, heads, keys, headSize]
        var values = value.repeat_interleave(group, dim: 1); // [batch, heads, keys, headSize]
        var scores = query.matmul(keys.transpose(2, 3)).Times(1 / Math.Sqrt(query.shape[3]));
        if (mask is not null)
        {
            scores = scores.Plus(mask.Additive.unsqueeze(1)); // [batch, heads, time, keys]
        }

        return nn.functional.softmax(scores, dim: -1).matmul(values);
    }

    /// <summary>m = β₁m + (1 − β₁)g; v = β₂v + (1 − β₂)g²; w = (1 − rate·decay)w − rate · m̂ / (√v̂ + ε), with m̂ and v̂ freed of their start at 0.</summary>
    public static void AdamW(AdamWTensors tensors, AdamWStep step)
    {
        var first = 1 - Math.Pow(step.Beta1, step.Number);
        var second = Math.Sqrt(1 - Math.Pow(step.Beta2, step.Number));
        for (var i = 0; i < tensors.Weights.Count; i++)
        {
            using var scope = NewDisposeScope();
            var (weight, gradient, mean, square) = (tensors.Weights[i], tensors.Gradients[i], tensors.Means[i], tensors.Squares[i]);
            weight.mul_(Scalars.Of(1 - step.Rate * step.WeightDecay));
            mean.mul_(Scalars.Of(step.Beta1)).add_(gradient, Scalars.Of(1 - step.Beta1));
            square.mul_(Scalars.Of(step.Beta2)).addcmul_(gradient, gradient, Scalars.Of(1 - step.Beta2));
            weight.addcdiv_(mean, square.sqrt().Over(second).Plus(step.Epsilon), Scalars.Of(-step.Rate / first));
        }
    }
}
