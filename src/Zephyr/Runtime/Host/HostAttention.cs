using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Zephyr.Runtime.Host;

/// <summary>Folded attention over bf16 in the CPU's memory: two batched products, and between them scale, mask and softmax in place, in one pass over what is visible.</summary>
/// <remarks>
/// S = Q Kᵀ, P = softmax(S / √headSize + mask), O = P V; backward dV = Pᵀ dO, dP = dO Vᵀ, dS = P ∘ (dP − Σ P ∘ dP) / √headSize, dQ = dS K, dK = dSᵀ Q
/// (Vaswani et al. 2017, equation 1). Only Q, K, V and P are kept. A query that sees nothing (padding) reads the mean of all values.
/// </remarks>
internal sealed unsafe class HostAttention : autograd.SingleTensorFunction<HostAttention>
{
    private const string Shapes = "shapes";
    private const int LongestRow = 1 << 14; // keys: a query's row lies on the stack in fp32
    private const float Hidden = (float)AttentionMask.Hidden / 10; // a mask at or below hides; its bf16 form is near the number, not equal

    /// <inheritdoc/>
    public override string Name => nameof(HostAttention);

    /// <summary>Whether it can take these.</summary>
    public static bool Takes(Tensor query, Tensor key, Tensor value, Tensor mask) =>
        new[] { query, key, value, mask }.All(tensor => tensor.dtype == ScalarType.BFloat16 && tensor.device_type == TorchSharp.DeviceType.CPU)
        && key.shape[2] % Lanes.Width == 0 && key.shape[2] <= LongestRow;

    /// <param name="query"><c>[batch, heads, time, headSize]</c>.</param>
    /// <param name="key"><c>[batch, kvHeads, keys, headSize]</c>.</param>
    /// <param name="value">As <paramref name="key"/>.</param>
    /// <param name="mask">Folded, <c>[1 or batch · kvHeads, group · time, keys]</c>, in bf16.</param>
    /// <returns><c>[batch, heads, time, headSize]</c>.</returns>
    public static Tensor Of(Tensor query, Tensor key, Tensor value, Tensor mask) =>
        is_grad_enabled() && (query.requires_grad || key.requires_grad || value.requires_grad) ? apply(query, key, value, mask) : Forward(query, key, value, mask, null);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (query, key, value) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        ctx.save_data(Shapes, new[] { query.shape, key.shape, value.shape });
        return Forward(query, key, value, (Tensor)vars[3], ctx);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var shapes = (long[][])ctx.get_data(Shapes);
        return Backward.Guarded(() => Gradients(ctx.get_saved_variables(), shapes, grad_output), () => [.. shapes.Select(shape => zeros(shape, ScalarType.BFloat16)), null!]);
    }

    private static Tensor Forward(Tensor query, Tensor key, Tensor value, Tensor mask, autograd.AutogradContext? ctx)
    {
        using var scope = NewDisposeScope();
        var (rows, size) = (key.shape[0] * key.shape[1], query.shape[3]);
        var (q, k, v) = (query.reshape(rows, -1, size), key.reshape(rows, -1, size), value.reshape(rows, -1, size));
        var scores = q.bmm(k.transpose(1, 2)); // [batch · kvHeads, group · time, keys]
        Soften(scores, mask.contiguous(), (float)(1 / Math.Sqrt(size)));
        ctx?.save_for_backward([q.MoveToOuterDisposeScope(), k.MoveToOuterDisposeScope(), v.MoveToOuterDisposeScope(), scores.MoveToOuterDisposeScope()]);
        return scores.bmm(v).view(query.shape).MoveToOuterDisposeScope();
    }

    private static List<Tensor> Gradients(List<Tensor> saved, long[][] shapes, Tensor given)
    {
        using var scope = NewDisposeScope();
        var (query, key, value, read) = (saved[0], saved[1], saved[2], saved[3]);
        var upstream = given.reshape(query.shape);
        var ofValue = read.transpose(1, 2).bmm(upstream);
        var ofScores = upstream.bmm(value.transpose(1, 2));
        SoftenBack(read, ofScores, (float)(1 / Math.Sqrt(query.shape[2])));
        Tensor[] all = [ofScores.bmm(key), ofScores.transpose(1, 2).bmm(query), ofValue];
        return [.. all.Zip(shapes, (gradient, shape) => gradient.view(shape).MoveToOuterDisposeScope()), null!];
    }

    private static void Soften(Tensor scores, Tensor mask, float scale)
    {
        var (rows, time, keys) = (scores.shape[0], scores.shape[1], (int)scores.shape[2]);
        var s = (ushort*)MappedTensors.AddressOf(scores);
        var m = (ushort*)MappedTensors.AddressOf(mask);
        var step = mask.shape[0] == 1 ? 0 : time * keys;
        var block = Math.Max(1, (1 << 14) / keys);
        HostLoop.For(rows * ((time + block - 1) / block), at =>
        {
            var (row, first) = (at / ((time + block - 1) / block), at % ((time + block - 1) / block) * block);
            for (var t = first; t < Math.Min(time, first + block); t++)
            {
                Row(s + (row * time + t) * keys, m + row * step + t * keys, keys, scale);
            }
        });
        GC.KeepAlive(mask);
    }

    private static void SoftenBack(Tensor read, Tensor gradient, float scale)
    {
        var (count, keys) = (read.shape[0] * read.shape[1], (int)read.shape[2]);
        var p = (ushort*)MappedTensors.AddressOf(read);
        var d = (ushort*)MappedTensors.AddressOf(gradient);
        var block = Math.Max(1, (1 << 14) / keys);
        HostLoop.For((count + block - 1) / block, at =>
        {
            for (var row = at * block; row < Math.Min(count, (at + 1) * block); row++)
            {
                RowBack(p + row * keys, d + row * keys, keys, scale);
            }
        });
    }

    /// <summary>Softmax of one query in place. Sixteen keys that are all hidden cost one comparison.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(ushort* scores, ushort* mask, int keys, float scale)
    {
        var (largest, by, hidden) = (Vector512.Create(float.NegativeInfinity), Vector512.Create(scale), Vector512.Create(Hidden));
        for (var i = 0; i < keys; i += Lanes.Width)
        {
            var added = Lanes.Load(mask + i);
            if (!Vector512.LessThanAll(added, hidden))
            {
                largest = Vector512.MaxNative(largest, Lanes.Load(scores + i) * by + added);
            }
        }

        var most = float.NegativeInfinity;
        for (var lane = 0; lane < Lanes.Width; lane++)
        {
            most = Math.Max(most, largest[lane]);
        }

        if (most < Hidden)
        {
            for (var i = 0; i < keys; i += Lanes.Width)
            {
                Lanes.Store(Vector512.Create(1f / keys), scores + i);
            }

            return;
        }

        var (sums, middle) = (Vector512<float>.Zero, Vector512.Create(most));
        var visible = stackalloc float[keys];
        for (var i = 0; i < keys; i += Lanes.Width)
        {
            var added = Lanes.Load(mask + i);
            var power = Vector512.LessThanAll(added, hidden) ? Vector512<float>.Zero : Lanes.Exp(Lanes.Load(scores + i) * by + added - middle);
            sums += power;
            power.Store(visible + i);
        }

        var share = Vector512.Create(1 / Vector512.Sum(sums));
        for (var i = 0; i < keys; i += Lanes.Width)
        {
            Lanes.Store(Vector512.Load(visible + i) * share, scores + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RowBack(ushort* read, ushort* gradient, int keys, float scale)
    {
        var dots = Vector512<float>.Zero;
        for (var i = 0; i < keys; i += Lanes.Width)
        {
            dots += Lanes.Load(read + i) * Lanes.Load(gradient + i);
        }

        var (dot, by) = (Vector512.Create(Vector512.Sum(dots)), Vector512.Create(scale));
        for (var i = 0; i < keys; i += Lanes.Width)
        {
            Lanes.Store(Lanes.Load(read + i) * (Lanes.Load(gradient + i) - dot) * by, gradient + i);
        }
    }
}
