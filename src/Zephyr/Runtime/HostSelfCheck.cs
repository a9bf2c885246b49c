using Zephyr.Runtime.Host;
using static TorchSharp.torch;

namespace Zephyr.Runtime;

/// <summary>The start-up check of the managed kernels: each beside the plain operation in fp32 on the same numbers, forward and gradients.</summary>
internal static class HostSelfCheck
{
    private const double Tolerance = 1e-2, AttentionTolerance = 3e-2; // of the largest element: bf16 keeps 8 bits; attention rounds at five places in a row

    public static IEnumerable<RuntimeChoice> All()
    {
        if (!Lanes.IsSupported)
        {
            return [new("managed kernels", false, "they need AVX-512")];
        }

        return
        [
            SelfCheck.Check("managed norm", () => SelfCheck.Compare(x => PlainOps.RmsNorm(x[0], x[1], 1e-5), x => HostNorm.Of(x[0], x[1], 1e-5), [3, 70, 32], [32]), taken => Shortcuts.HostNorm = taken),
            SelfCheck.Check("managed SwiGLU", () => Compare(x => PlainOps.SwiGlu(x[0], x[1]), x => HostSwiGlu.Of(x[0], x[1]), [3, 32], [3, 32]), taken => Shortcuts.HostSwiGlu = taken, Tolerance),
            SelfCheck.Check("managed rotation", Rotation, taken => Shortcuts.HostRotate = taken, Tolerance),
            SelfCheck.Check("managed attention", Attention, taken => Shortcuts.HostAttention = taken, AttentionTolerance),
            SelfCheck.Check("managed log-probabilities", LogProbs, taken => Shortcuts.HostLogProbs = taken, Tolerance),
        ];
    }

    private static double Rotation()
    {
        using var scope = NewDisposeScope();
        var (cos, sin) = (Rounded(SelfCheck.Ramp([1, 1, 3, 16], 2)), Rounded(SelfCheck.Ramp([1, 1, 3, 16], 3)));
        return Compare(
            x => PlainOps.Rotate(x[0].transpose(1, 2), cos, sin),
            x => HostRotate.Of(x[0].transpose(1, 2), cos.to(ScalarType.BFloat16), sin.to(ScalarType.BFloat16)),
            [2, 3, 2, 32]);
    }

    private static double Attention()
    {
        using var scope = NewDisposeScope();
        using var mask = AttentionMask.Causal(16, 16, 5, ScalarType.Float32, CPU);
        return Compare(
            x => PlainOps.Attention(x[0], x[1], x[2], mask),
            x => HostAttention.Of(x[0], x[1], x[2], mask.Folded(2, 2).to(ScalarType.BFloat16)),
            [2, 4, 16, 16],
            [2, 2, 16, 16],
            [2, 2, 16, 16]);
    }

    private static double LogProbs()
    {
        using var scope = NewDisposeScope();
        var targets = tensor(new long[] { 3, -1, 19 });
        return Compare(x => PlainOps.LogProbs(x[0].Times(5), targets, -1), x => HostLogProbs.Of(x[0].Times(5), targets, -1), [3, 20]);
    }

    /// <summary>Both get numbers that bf16 holds; the plain one computes in fp32.</summary>
    private static double Compare(Func<Tensor[], Tensor> plain, Func<Tensor[], Tensor> kernel, params long[][] shapes) => SelfCheck.Compare(
        x => plain([.. x.Select(Rounded)]),
        x => kernel([.. x.Select(given => given.to(ScalarType.BFloat16))]).to(ScalarType.Float32),
        shapes);

    private static Tensor Rounded(Tensor x) => x.to(ScalarType.BFloat16).to(ScalarType.Float32);
}
