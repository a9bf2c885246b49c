using TorchSharp;
using Zephyr.Runtime.Host;
using static TorchSharp.torch;

namespace Zephyr.Runtime;

/// <summary>
/// The operations whose fastest form depends on the machine. Each is chosen once at start-up, after a comparison with
/// <see cref="PlainOps"/>, and then fixed; <see cref="Startup.Report"/> says what was chosen.
/// </summary>
public static class Ops
{
    /// <summary>Largest table of attention scores, in bytes, that is kept whole for the folded form.</summary>
    public const long LargestScores = 256L << 20;

    static Ops() => Startup.Start();

    /// <summary>x + y, with the box of <c>+</c> kept (<see cref="Scalars"/>).</summary>
    /// <returns>Same shape and type as <paramref name="x"/>.</returns>
    public static Tensor Add(Tensor x, Tensor y) => x.Plus(y);

    /// <summary>x · weightᵀ, in the type of <paramref name="x"/>: a weight kept in another type is cast for this product, and its gradient cast back.</summary>
    /// <param name="x"><c>[..., in]</c>.</param>
    /// <param name="weight"><c>[out, in]</c>.</param>
    /// <returns><c>[..., out]</c>.</returns>
    public static Tensor Linear(Tensor x, Tensor weight) => PlainOps.Linear(x, weight);

    /// <summary>The rows of <paramref name="table"/> that <paramref name="ids"/> name.</summary>
    /// <param name="ids"><c>[batch, time]</c>, 64-bit, 0 to vocab − 1.</param>
    /// <param name="table"><c>[vocab, hidden]</c>.</param>
    /// <returns><c>[batch, time, hidden]</c>.</returns>
    public static Tensor Embedding(Tensor ids, Tensor table) =>
        Shortcuts.Embedding ? Scripts.Embedding(table, ids) : PlainOps.Embedding(ids, table);

    /// <summary>x divided by its root mean square, times a weight for each dimension (Zhang and Sennrich 2019, RMSNorm).</summary>
    /// <param name="x"><c>[..., hidden]</c>.</param>
    /// <param name="weight"><c>[hidden]</c>.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <returns>Same shape and type as <paramref name="x"/>.</returns>
    public static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon) =>
        Shortcuts.HostNorm && HostNorm.Takes(x, weight) ? HostNorm.Of(x, weight, epsilon)
        : Shortcuts.RmsNorm && x.dtype == weight.dtype ? Scripts.RmsNorm(x, weight, epsilon) : PlainOps.RmsNorm(x, weight, epsilon);

    /// <summary>silu(gate) · up, element by element (Shazeer 2020, SwiGLU).</summary>
    public static Tensor SwiGlu(Tensor gate, Tensor up) =>
        Shortcuts.HostSwiGlu && HostSwiGlu.Takes(gate, up) ? HostSwiGlu.Of(gate, up) : PlainOps.SwiGlu(gate, up);

    /// <summary>log p(target) under each row of scores, every sum in fp32.</summary>
    /// <param name="logits">Unnormalised scores, <c>[tokens, vocab]</c>.</param>
    /// <param name="targets">The token that came, <c>[tokens]</c> int64.</param>
    /// <param name="ignored">The target whose log-probability is 0.</param>
    /// <returns>Nats, <c>[tokens]</c>, at most 0.</returns>
    public static Tensor LogProbs(Tensor logits, Tensor targets, long ignored) =>
        Shortcuts.HostLogProbs && HostLogProbs.Takes(logits, targets) ? HostLogProbs.Of(logits, targets, ignored) : PlainOps.LogProbs(logits, targets, ignored);

    /// <summary>Turns the pairs (i, i + headSize / 2) of every head by the angles of its position.</summary>
    /// <param name="x"><c>[batch, heads, time, headSize]</c>.</param>
    /// <param name="cos">Cosines, <c>[1 or batch, 1, time, headSize / 2]</c>, in the type of <paramref name="x"/>.</param>
    /// <param name="sin">Sines, likewise.</param>
    /// <returns>Same shape.</returns>
    public static Tensor Rotate(Tensor x, Tensor cos, Tensor sin) =>
        Shortcuts.HostRotate && HostRotate.Takes(x, cos, sin) ? HostRotate.Of(x, cos, sin) : PlainOps.Rotate(x, cos, sin);

    /// <summary>Each query reads the values of the keys that the mask lets it see, in proportion to exp(q·k / √headSize).</summary>
    /// <param name="query"><c>[batch, heads, time, headSize]</c>.</param>
    /// <param name="key"><c>[batch, kvHeads, keys, headSize]</c>; head h reads key/value head h / (heads / kvHeads).</param>
    /// <param name="value">As <paramref name="key"/>.</param>
    /// <param name="mask">Which keys each query sees; <c>null</c> is all of them.</param>
    /// <returns><c>[batch, heads, time, headSize]</c>.</returns>
    /// <remarks>
    /// On the CPU it takes the folded form (the heads of a group under each other, one batched product, no repeated keys)
    /// while its scores fit in <see cref="LargestScores"/>. Longer texts and other devices take the fused kernel, which
    /// keeps no scores.
    /// </remarks>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, AttentionMask? mask)
    {
        if (Folds(query.shape[0] * query.shape[1], query.shape[2], key.shape[2], query.element_size(), query.device_type))
        {
            return mask is null
                ? Scripts.FoldedOpenAttention(query, key, value)
                : Folded(query, key, value, mask.Folded(key.shape[1], query.shape[1] / key.shape[1]));
        }

        if (!Shortcuts.FusedAttention)
        {
            return PlainOps.Attention(query, key, value, mask);
        }

        return mask is null ? Scripts.OpenAttention(query, key, value)
            : mask.IsPlainCausal ? Scripts.CausalAttention(query, key, value)
            : Scripts.MaskedAttention(query, key, value, mask.Additive.unsqueeze(1));
    }

    private static Tensor Folded(Tensor query, Tensor key, Tensor value, Tensor mask) =>
        Shortcuts.HostAttention && HostAttention.Takes(query, key, value, mask) ? HostAttention.Of(query, key, value, mask) : Scripts.FoldedAttention(query, key, value, mask);

    /// <summary>Makes, once, what the attention of every layer needs of a mask.</summary>
    /// <param name="mask">The mask of a pass.</param>
    /// <param name="batch">Rows of the pass.</param>
    /// <param name="heads">Query heads.</param>
    /// <param name="kvHeads">Key/value heads.</param>
    /// <returns>The mask.</returns>
    internal static AttentionMask Prepare(AttentionMask mask, long batch, long heads, long kvHeads)
    {
        var (additive, time, keys) = (mask.Additive, mask.Additive.shape[1], mask.Additive.shape[2]);
        return Folds(batch * heads, time, keys, additive.element_size(), additive.device_type) ? mask.Fold(kvHeads, heads / kvHeads) : mask;
    }

    private static bool Folds(long rows, long time, long keys, long elementSize, DeviceType device) =>
        Shortcuts.FoldedAttention && device == DeviceType.CPU && rows * time * keys * elementSize <= LargestScores;

    /// <summary>One step of AdamW, in place.</summary>
    /// <param name="tensors">Weights, gradients and running means, all in fp32 or all in one other type.</param>
    /// <param name="step">The step's numbers.</param>
    /// <exception cref="ArgumentException">The lists are not equally long.</exception>
    public static void AdamW(AdamWTensors tensors, AdamWStep step)
    {
        var count = tensors.Weights.Count;
        if (tensors.Gradients.Count != count || tensors.Means.Count != count || tensors.Squares.Count != count)
        {
            throw new ArgumentException($"There are {count} weights but {tensors.Gradients.Count} gradients, {tensors.Means.Count} means and {tensors.Squares.Count} squares.", nameof(tensors));
        }

        using var none = no_grad();
        if (count > 0 && Shortcuts.AdamW)
        {
            Scripts.AdamW(tensors, step);
        }
        else
        {
            PlainOps.AdamW(tensors, step);
        }
    }
}
