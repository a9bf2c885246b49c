using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>How a model starts when it starts from nothing.</summary>
internal static class RandomWeights
{
    /// <summary>
    /// Norms 1; embedding N(0, 0.05), head N(0, 0.02), others N(0, 0.6 / √inputs), and those that write into the residual
    /// stream divided by √(2 · layers), so that the stream does not grow with depth.
    /// </summary>
    public static void Draw(Mistral model, long seed)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var (name, weight) in model.named_parameters())
        {
            if (weight.dim() == 1)
            {
                weight.fill_(Scalars.Of(1));
                continue;
            }

            var drawn = randn(weight.shape, ScalarType.Float32, CPU, generator: generator).Times(Deviation(name, weight, model.Config.Layers));
            weight.copy_(drawn);
        }
    }

    private static double Deviation(string name, Tensor weight, int layers) => name switch
    {
        "model.embed_tokens.weight" => 0.05,
        "lm_head.weight" => 0.02,
        _ when name.EndsWith("o_proj.weight", StringComparison.Ordinal) || name.EndsWith("down_proj.weight", StringComparison.Ordinal)
            => 0.6 / Math.Sqrt(weight.shape[1]) / Math.Sqrt(2 * layers),
        _ => 0.6 / Math.Sqrt(weight.shape[1]),
    };
}
