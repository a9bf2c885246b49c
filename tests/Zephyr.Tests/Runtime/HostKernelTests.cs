using Zephyr.Runtime;
using Zephyr.Runtime.Host;
using Zephyr.Tests.Model;
using static TorchSharp.torch;

namespace Zephyr.Tests.Runtime;

/// <summary>The managed kernels beside the plain operations in double on the same numbers: not further away than the library's own operations in the same type.</summary>
public sealed class HostKernelTests
{
    public HostKernelTests() => Assert.SkipUnless(Lanes.IsSupported, "the managed kernels need AVX-512");

    [Theory]
    [InlineData(1, 16)]
    [InlineData(129, 48)]
    [InlineData(64, 256)]
    public void Norm(long rows, long width) => Judge(
        x => PlainOps.RmsNorm(x[0], x[1], 1e-5), x => HostNorm.Of(x[0], x[1], 1e-5), ScalarType.Float32, [rows, width], [width]);

    [Theory]
    [InlineData(1, 16)]
    [InlineData(2_001, 16)]
    public void SwiGlu(long rows, long width) => Judge(
        x => PlainOps.SwiGlu(x[0].Times(4), x[1]), x => HostSwiGlu.Of(x[0].Times(4), x[1]), ScalarType.BFloat16, [rows, width], [rows, width]);

    [Theory]
    [InlineData(1, 1, 1, 32)]
    [InlineData(2, 3, 7, 64)]
    public void Rotation(long batch, long heads, long time, long size)
    {
        using var scope = NewDisposeScope();
        var angles = SelfCheck.Ramp([batch, 1, time, size / 2], 2).Times(3);
        var (cos, sin) = (angles.cos().to(ScalarType.BFloat16), angles.sin().to(ScalarType.BFloat16));
        Judge(
            x => PlainOps.Rotate(x[0].transpose(1, 2), cos.to(x[0].dtype), sin.to(x[0].dtype)),
            x => HostRotate.Of(x[0].transpose(1, 2), cos, sin),
            ScalarType.BFloat16,
            [batch, time, heads, size]);
    }

    [Theory]
    [InlineData(1, 2, 1, 16, 8, null)]
    [InlineData(3, 6, 2, 48, 32, 20)]
    [InlineData(2, 4, 4, 272, 16, null)]
    public void Attention(long batch, long heads, long kvHeads, long time, long size, int? window)
    {
        using var scope = NewDisposeScope();
        var exact = AttentionMask.Causal(time, time, window, ScalarType.Float64, CPU);
        var documents = AttentionMask.WithinDocuments(arange(time, ScalarType.Int64).ge(time / 3).to(ScalarType.Int64).expand(batch, time) + 1, time, window, ScalarType.Float64);
        foreach (var mask in new[] { exact, documents })
        {
            var folded = mask.Folded(kvHeads, heads / kvHeads).to(ScalarType.BFloat16);
            Judge(
                x => x[0].dtype == ScalarType.BFloat16 ? Scripts.FoldedAttention(x[0], x[1], x[2], folded) : PlainOps.Attention(x[0], x[1], x[2], mask),
                x => HostAttention.Of(x[0], x[1], x[2], folded),
                ScalarType.BFloat16,
                [batch, heads, time, size],
                [batch, kvHeads, time, size],
                [batch, kvHeads, time, size]);
        }
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(5, 1_001)]
    public void Log_probabilities(long tokens, long vocab)
    {
        using var scope = NewDisposeScope();
        var targets = arange(tokens, ScalarType.Int64).Times(7).remainder(Scalars.Of(vocab)).to(ScalarType.Int64);
        targets[tokens / 2] = tokens > 1 ? -100 : 0;
        Judge(x => PlainOps.LogProbs(x[0].Times(6), targets, -100), x => HostLogProbs.Of(x[0].Times(6), targets, -100), ScalarType.BFloat16, [tokens, vocab]);
    }

    [Fact]
    public void A_query_that_sees_nothing_reads_the_mean_of_all_values()
    {
        using var scope = NewDisposeScope();
        var (q, v) = (SelfCheck.Ramp([1, 1, 16, 16], 0).to(ScalarType.BFloat16), SelfCheck.Ramp([1, 1, 16, 16], 1).to(ScalarType.BFloat16));
        var hidden = full([1, 16, 16], AttentionMask.Hidden, ScalarType.BFloat16);

        Close.To(v.to(ScalarType.Float32).mean([2], keepdim: true).expand(1, 1, 16, 16), HostAttention.Of(q, q, v, hidden), 4e-3);
    }

    [Fact]
    public void Attention_leaves_what_it_cannot_read_to_the_library()
    {
        using var scope = NewDisposeScope();
        var half = zeros([1, 1, 16, 16], ScalarType.BFloat16);
        var mask = zeros([1, 16, 16], ScalarType.BFloat16);
        var far = zeros([1, 1, (1 << 14) + 16, 16], ScalarType.BFloat16);

        Assert.True(HostAttention.Takes(half, half, half, mask));
        Assert.False(HostAttention.Takes(half, half, half, mask.to(ScalarType.Float32)));
        Assert.False(HostAttention.Takes(half.to(ScalarType.Float32), half, half, mask));
        Assert.False(HostAttention.Takes(half, half.narrow(2, 0, 15), half.narrow(2, 0, 15), mask));
        Assert.False(HostAttention.Takes(half, far, far, mask));
    }

    [Fact]
    public void Numbers_that_are_none_stay_visible()
    {
        using var scope = NewDisposeScope();
        var x = SelfCheck.Ramp([2, 16], 0);
        x[1, 3] = float.NaN;
        var half = x.to(ScalarType.BFloat16);
        var targets = tensor(new long[] { 1, 2 });

        Assert.Equal([false, true], HostNorm.Of(x, ones(16), 1e-5).isnan().any(1).data<bool>());
        Assert.Equal([false, true], HostSwiGlu.Of(half, half).isnan().any(1).data<bool>());
        Assert.Equal([false, true], HostLogProbs.Of(half, targets, -100).isnan().data<bool>());
        half[1, 3] = float.PositiveInfinity;
        Assert.Equal([false, true], HostLogProbs.Of(half, targets, -100).isfinite().logical_not().data<bool>());
    }

    [Fact]
    public void A_target_outside_the_vocabulary_is_named()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => HostLogProbs.Of(zeros([2, 16], ScalarType.BFloat16), tensor(new long[] { 3, 16 }), -100));
        Assert.Contains("Target 1 is token 16, but the logits have a vocabulary of 16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_threads_give_the_bits_of_one()
    {
        using var scope = NewDisposeScope();
        var before = get_num_threads();
        try
        {
            var results = new[] { 1, 2 }.Select(threads =>
            {
                set_num_threads(threads);
                var x = SelfCheck.Ramp([300, 64], 0).requires_grad_();
                var weight = SelfCheck.Ramp([64], 1).requires_grad_();
                var y = HostNorm.Of(x, weight, 1e-5).to(ScalarType.BFloat16);
                var found = HostLogProbs.Of(HostSwiGlu.Of(y, y), zeros(300, ScalarType.Int64), -100);
                found.sum().backward();
                return cat([found.detach(), x.grad!.reshape(-1), weight.grad!]).data<float>().ToArray();
            }).ToArray();
            Assert.Equal(results[0], results[1]);
        }
        finally
        {
            set_num_threads(before);
        }
    }

    /// <summary>Errors of the kernel and of the library's operations, both against doubles, forward and of each gradient: the kernel's may be a third larger at most.</summary>
    private static void Judge(Func<Tensor[], Tensor> plain, Func<Tensor[], Tensor> kernel, ScalarType type, params long[][] shapes)
    {
        using var scope = NewDisposeScope();
        var given = shapes.Select((shape, index) => SelfCheck.Ramp(shape, index).to(type)).ToArray();
        var exact = Results(plain, given, ScalarType.Float64);
        foreach (var ((wanted, library), own) in exact.Zip(Results(plain, given, type)).Zip(Results(kernel, given, type)))
        {
            var (theirs, ours) = (Error(wanted, library), Error(wanted, own));
            Assert.True(ours <= 1.35 * theirs + 1e-7, $"{type} {string.Join(" ", shapes.Select(shape => $"[{string.Join(", ", shape)}]"))}: error {ours:0.0e0}, the library's {theirs:0.0e0}");
        }
    }

    private static double Error(Tensor wanted, Tensor found)
    {
        var error = (wanted - found).square().mean().sqrt().item<double>() / Math.Max(1e-12, wanted.square().mean().sqrt().item<double>());
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }

    private static Tensor[] Results(Func<Tensor[], Tensor> function, Tensor[] given, ScalarType type)
    {
        var leaves = given.Select(input => input.to(type).detach().clone().requires_grad_()).ToArray();
        var result = function(leaves);
        (result.to(ScalarType.Float64) * SelfCheck.Ramp(result.shape, 5)).sum().backward();
        return [result.detach().to(ScalarType.Float64), .. leaves.Select(leaf => leaf.grad!.to(ScalarType.Float64))];
    }
}
