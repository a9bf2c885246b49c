using TorchSharp;
using static TorchSharp.torch;

namespace Zephyr.Runtime;

/// <summary>Operations that TorchSharp lacks or gets wrong, reached through TorchScript; autograd goes through them.</summary>
/// <remarks>A script that does not compile ends the process, so the text is constant and a test runs every function.</remarks>
internal static class Scripts
{
    private const string Source = """
        def rms_norm(x: Tensor, weight: Tensor, eps: float):
            return torch.rms_norm(x, [x.size(-1)], weight, eps)

        def embedding(table: Tensor, ids: Tensor):
            return torch.embedding(table, ids)

        def folded_attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scale: float):
            rows = key.size(0) * key.size(1)
            size = query.size(3)
            scores = torch.baddbmm(mask, query.reshape(rows, -1, size), key.reshape(rows, -1, size).transpose(1, 2), beta=1, alpha=scale)
            read = torch.bmm(torch.softmax(scores, -1), value.reshape(rows, -1, size))
            return read.view(query.size(0), query.size(1), query.size(2), size)

        def folded_open_attention(query: Tensor, key: Tensor, value: Tensor, scale: float):
            rows = key.size(0) * key.size(1)
            size = query.size(3)
            scores = torch.bmm(query.reshape(rows, -1, size) * scale, key.reshape(rows, -1, size).transpose(1, 2))
            read = torch.bmm(torch.softmax(scores, -1), value.reshape(rows, -1, size))
            return read.view(query.size(0), query.size(1), query.size(2), size)

        def masked_attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor):
            return torch.scaled_dot_product_attention(query, key, value, mask, 0.0, False, scale=None, enable_gqa=True)

        def causal_attention(query: Tensor, key: Tensor, value: Tensor):
            return torch.scaled_dot_product_attention(query, key, value, None, 0.0, True, scale=None, enable_gqa=True)

        def open_attention(query: Tensor, key: Tensor, value: Tensor):
            return torch.scaled_dot_product_attention(query, key, value, None, 0.0, False, scale=None, enable_gqa=True)

        def adamw(weights: List[Tensor], gradients: List[Tensor], means: List[Tensor], variances: List[Tensor], steps: List[Tensor],
                  rate: float, beta1: float, beta2: float, decay: float, eps: float):
            torch._fused_adamw_(weights, gradients, means, variances, [], steps, lr=rate, beta1=beta1, beta2=beta2,
                                weight_decay=decay, eps=eps, amsgrad=False, maximize=False)
            return 0
        """;

    private static readonly Lazy<jit.CompilationUnit> Unit = new(() => jit.compile(Source + "\n"));

    public static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon) => Call("rms_norm", x, weight, epsilon);

    public static Tensor Embedding(Tensor table, Tensor ids) => Call("embedding", table, ids);

    public static Tensor FoldedAttention(Tensor query, Tensor key, Tensor value, Tensor mask) =>
        Call("folded_attention", query, key, value, mask, 1 / Math.Sqrt(query.shape[3]));

    public static Tensor FoldedOpenAttention(Tensor query, Tensor key, Tensor value) =>
        Call("folded_open_attention", query, key, value, 1 / Math.Sqrt(query.shape[3]));

    public static Tensor MaskedAttention(Tensor query, Tensor key, Tensor value, Tensor mask) => Call("masked_attention", query, key, value, mask);

    public static Tensor CausalAttention(Tensor query, Tensor key, Tensor value) => Call("causal_attention", query, key, value);

    public static Tensor OpenAttention(Tensor query, Tensor key, Tensor value) => Call("open_attention", query, key, value);

    public static void AdamW(AdamWTensors tensors, AdamWStep step)
    {
        using var scope = NewDisposeScope();
        var number = tensor((float)step.Number, device: tensors.Weights[0].device);
        Invoke("adamw", tensors.Weights.ToArray(), tensors.Gradients.ToArray(), tensors.Means.ToArray(), tensors.Squares.ToArray(),
            Enumerable.Repeat(number, tensors.Weights.Count).ToArray(), step.Rate, step.Beta1, step.Beta2, step.WeightDecay, step.Epsilon);
    }

    private static Tensor Call(string function, params object[] arguments) => (Tensor)Invoke(function, arguments);

    /// <summary>
    /// TorchSharp boxes a number into an object that owns native memory and lets go of it before the call: a collection in
    /// between frees the number under the call. So the boxes are made and held here, and so are the tensors.
    /// </summary>
    private static object Invoke(string function, params object[] arguments)
    {
        var held = Array.ConvertAll(arguments, argument => argument is double number ? number.ToScalar() : argument);
        try
        {
            return Unit.Value.invoke(function, held);
        }
        finally
        {
            foreach (var box in held.OfType<Scalar>())
            {
                box.Dispose();
            }

            GC.KeepAlive(held);
            GC.KeepAlive(arguments);
        }
    }
}
