using static TorchSharp.torch;

namespace Zephyr.Runtime;

/// <summary>
/// The operations whose fastest form depends on the machine. Each is chosen once at start-up, after a comparison with
/// <see cref="PlainOps"/>, and then fixed; <see cref="Startup.Report"/> says what was chosen.
/// </summary>
public static class Ops
{
    static Ops() => Startup.Start();

    /// <summary>x · weightᵀ, in the type of <paramref name="x"/>: a weight kept in another type is cast for this product, and its gradient cast back.</summary>
    /// <param name="x"><c>[..., in]</c>.</param>
    /// <param name="weight"><c>[out, in]</c>.</param>
    /// <returns><c>[..., out]</c>.</returns>
    public static Tensor Linear(Tensor x, Tensor weight) => PlainOps.Linear(x, weight);

    /// <summary>The rows of <paramref name="table"/> that <paramref name="ids"/> name.</summary>
    /// <param name="ids"><c>[batch, time]</c>, 64-bit, 0 to vocab − 1.</param>
    /// <param name="table"><c>[vocab, hidden]</c>.</param>
    /// <returns><c>[batch, time, hidden]</c>.</returns>
    public static Tensor Embedding(Tensor ids, Tensor table) => PlainOps.Embedding(ids, table);

    /// <summary>x divided by its root mean square, times a weight for each dimension (Zhang and Sennrich 2019, RMSNorm).</summary>
    /// <param name="x"><c>[..., hidden]</c>.</param>
    /// <param name="weight"><c>[hidden]</c>.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <returns>Same shape and type as <paramref name="x"/>.</returns>
    public static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon) => PlainOps.RmsNorm(x, weight, epsilon);

    /// <summary>silu(gate) · up, element by element (Shazeer 2020, SwiGLU).</summary>
    public static Tensor SwiGlu(Tensor gate, Tensor up) => PlainOps.SwiGlu(gate, up);

    /// <summary>Turns the pairs (i, i + headSize / 2) of every head by the angles of its position.</summary>
    /// <param name="x"><c>[batch, heads, time, headSize]</c>.</param>
    /// <param name="cos">Cosines, <c>[1 or batch, 1, time, headSize / 2]</c>, in the type of <paramref name="x"/>.</param>
    /// <param name="sin">Sines, likewise.</param>
    /// <returns>Same shape.</returns>
    public static Tensor Rotate(Tensor x, Tensor cos, Tensor sin) => PlainOps.Rotate(x, cos, sin);

    /// <summary>Each query reads the values of the keys that the mask lets it see, in proportion to exp(q·k / √headSize).</summary>
    /// <param name="query"><c>[batch, heads, time, headSize]</c>.</param>
    /// <param name="key"><c>[batch, kvHeads, keys, headSize]</c>; head h reads key/value head h / (heads / kvHeads).</param>
    /// <param name="value">As <paramref name="key"/>.</param>
    /// <param name="mask">Which keys each query sees; <c>null</c> is all of them.</param>
    /// <returns><c>[batch, heads, time, headSize]</c>.</returns>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, AttentionMask? mask) => PlainOps.Attention(query, key, value, mask);
}
