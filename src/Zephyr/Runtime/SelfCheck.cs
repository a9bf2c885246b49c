using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Zephyr.Runtime;

/// <summary>Compares each shortcut with the plain operation, forward and gradients, and takes it only where they agree.</summary>
internal static class SelfCheck
{
    private const double Tolerance = 1e-5; // of the largest element, in fp32

    public static IEnumerable<RuntimeChoice> All(RuntimeOptions options)
    {
        if (!options.Shortcuts)
        {
            return [new("shortcuts", false, "not wanted")];
        }

        return
        [
            Check("rms_norm", () => Compare(PlainNorm, ScriptNorm, [2, 3, 16], [16]), taken => Shortcuts.RmsNorm = taken),
            Check("embedding", () => Compare(PlainEmbedding, ScriptEmbedding, [7, 16]), taken => Shortcuts.Embedding = taken),
            Check("folded attention", () => Math.Max(Attention(Scripts.FoldedAttention, folded: true), OpenAttention(Scripts.FoldedOpenAttention)), taken => Shortcuts.FoldedAttention = taken),
            Check("fused attention", () => Math.Max(Attention(Scripts.MaskedAttention, folded: false), OpenAttention(Scripts.OpenAttention)), taken => Shortcuts.FusedAttention = taken),
            Check("fused AdamW", AdamW, taken => Shortcuts.AdamW = taken),
            .. options.FastProducts ? HostSelfCheck.All() : [new("managed kernels", false, "not wanted: plain fp32")],
        ];
    }

    /// <summary>Largest gap between two functions of the same inputs and between their gradients, relative to the largest element.</summary>
    public static double Compare(Func<Tensor[], Tensor> plain, Func<Tensor[], Tensor> shortcut, params long[][] shapes)
    {
        using var scope = NewDisposeScope();
        using var on = enable_grad();
        var inputs = shapes.Select((shape, index) => Ramp(shape, index)).ToArray();
        var (expected, actual) = (Results(plain, inputs), Results(shortcut, inputs));
        return expected.Zip(actual, Gap).Max();
    }

    /// <summary>Numbers between −1 and 1 that repeat nowhere: the checks take nothing from the global random state.</summary>
    public static Tensor Ramp(long[] shape, int index) =>
        arange(Scalars.Of(shape.Aggregate(1L, (product, size) => product * size)), ScalarType.Float32).Times(0.7 + 0.1 * index).Plus(index).sin().reshape(shape);

    private static double Gap(Tensor expected, Tensor actual) =>
        (expected - actual).abs().max().item<float>() / Math.Max(1e-30, expected.abs().max().item<float>());

    private static Tensor[] Results(Func<Tensor[], Tensor> function, Tensor[] inputs)
    {
        var leaves = inputs.Select(input => input.detach().clone().requires_grad_()).ToArray();
        var result = function(leaves);
        (result * Ramp(result.shape, 5)).sum().backward();
        return [result.detach(), .. leaves.Select(leaf => leaf.grad!)];
    }

    /// <summary>Takes a shortcut if it is near enough, and says so.</summary>
    public static RuntimeChoice Check(string name, Func<double> gap, Action<bool> take, double tolerance = Tolerance)
    {
        string detail;
        var taken = false;
        try
        {
            var found = gap();
            taken = found <= tolerance;
            detail = taken ? $"within {found:0.0e0} of the plain operation" : $"{found:0.0e0} from the plain operation, {tolerance:0e0} allowed: the plain one is used";
        }
        catch (Exception refused) when (refused is ExternalException or EntryPointNotFoundException or DllNotFoundException)
        {
            detail = $"not usable here: the plain operation is used ({refused.Message.Split('\n')[0]})";
        }

        take(taken);
        return new(name, taken, detail);
    }

    private static Tensor PlainNorm(Tensor[] x) => PlainOps.RmsNorm(x[0], x[1], 1e-5);

    private static Tensor ScriptNorm(Tensor[] x) => Scripts.RmsNorm(x[0], x[1], 1e-5);

    private static Tensor PlainEmbedding(Tensor[] x) => PlainOps.Embedding(Ids(), x[0]);

    private static Tensor ScriptEmbedding(Tensor[] x) => Scripts.Embedding(x[0], Ids());

    private static Tensor Ids() => tensor(new long[] { 3, 1, 3, 6 }).reshape(2, 2);

    private static double Attention(Func<Tensor, Tensor, Tensor, Tensor, Tensor> shortcut, bool folded)
    {
        using var scope = NewDisposeScope();
        using var mask = AttentionMask.Causal(5, 5, 3, ScalarType.Float32, CPU);
        var given = folded ? mask.Folded(2, 2) : mask.Additive;
        return Compare(x => PlainOps.Attention(x[0], x[1], x[2], mask), x => shortcut(x[0], x[1], x[2], given), [2, 4, 5, 8], [2, 2, 5, 8], [2, 2, 5, 8]);
    }

    private static double OpenAttention(Func<Tensor, Tensor, Tensor, Tensor> shortcut) =>
        Compare(x => PlainOps.Attention(x[0], x[1], x[2], null), x => shortcut(x[0], x[1], x[2]), [2, 4, 1, 8], [2, 2, 5, 8], [2, 2, 5, 8]);

    private static double AdamW()
    {
        using var scope = NewDisposeScope();
        var ends = new Action<AdamWTensors, AdamWStep>[] { PlainOps.AdamW, Scripts.AdamW }.Select(move =>
        {
            using var none = no_grad();
            Tensor[] weights = [Ramp([3, 4], 0), Ramp([5], 1)], means = [zeros(3, 4), zeros(5)], squares = [zeros(3, 4), zeros(5)];
            for (var number = 1; number <= 3; number++)
            {
                move(new(weights, [Ramp([3, 4], 2), Ramp([5], 3).Times(number)], means, squares), new(number, Rate: 0.01, WeightDecay: 0.1));
            }

            return cat([weights[0].reshape(-1), weights[1]]);
        }).ToArray();
        return Gap(ends[0], ends[1]);
    }
}
