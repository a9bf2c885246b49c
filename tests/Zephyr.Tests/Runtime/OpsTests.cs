using Zephyr.Runtime;
using Zephyr.Tests.Model;
using static TorchSharp.torch;

namespace Zephyr.Tests.Runtime;

/// <summary>Every shortcut against the plain operations, which the model's oracle and golden numbers check.</summary>
public sealed class OpsTests
{
    public static TheoryData<long, long, long, long, long, int?> Shapes => new()
    {
        { 1, 1, 1, 1, 2, null },
        { 2, 6, 2, 7, 4, null },
        { 3, 4, 4, 9, 8, 4 },
        { 2, 5, 1, 33, 6, 16 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Attention_in_every_form_equals_the_plain_one_with_its_gradients(long batch, long heads, long kvHeads, long time, long size, int? window)
    {
        using var scope = NewDisposeScope();
        var causal = AttentionMask.Causal(time, time, window, ScalarType.Float32, CPU);
        var documents = AttentionMask.WithinDocuments(arange(time, ScalarType.Int64).ge(time / 2).to(ScalarType.Int64).expand(batch, time) + 1, time, window, ScalarType.Float32);
        long[][] shapes = [[batch, heads, time, size], [batch, kvHeads, time, size], [batch, kvHeads, time, size]];
        foreach (var mask in new[] { causal, documents })
        {
            Equal(x => Scripts.FoldedAttention(x[0], x[1], x[2], mask.Folded(kvHeads, heads / kvHeads)));
            Equal(x => Scripts.MaskedAttention(x[0], x[1], x[2], mask.Additive.unsqueeze(1)));
            Equal(x => Ops.Attention(x[0], x[1], x[2], mask));
            if (mask.IsPlainCausal)
            {
                Equal(x => Scripts.CausalAttention(x[0], x[1], x[2]));
            }

            void Equal(Func<Tensor[], Tensor> shortcut) => Assert.InRange(SelfCheck.Compare(x => PlainOps.Attention(x[0], x[1], x[2], mask), shortcut, shapes), 0, 1e-5);
        }

        Assert.InRange(SelfCheck.Compare(x => PlainOps.Attention(x[0], x[1], x[2], null), x => Scripts.OpenAttention(x[0], x[1], x[2]), shapes), 0, 1e-5);
        Assert.InRange(SelfCheck.Compare(x => PlainOps.Attention(x[0], x[1], x[2], null), x => Scripts.FoldedOpenAttention(x[0], x[1], x[2]), shapes), 0, 1e-5);
        Assert.InRange(SelfCheck.Compare(x => PlainOps.Attention(x[0], x[1], x[2], null), x => Ops.Attention(x[0], x[1], x[2], null), shapes), 0, 1e-5);
    }

    [Fact]
    public void Attention_folds_strided_keys_and_values_as_they_lie_in_a_cache()
    {
        using var scope = NewDisposeScope();
        var (query, keys, values) = (SelfCheck.Ramp([2, 4, 3, 6], 0), SelfCheck.Ramp([2, 2, 9, 6], 1).narrow(2, 1, 5), SelfCheck.Ramp([2, 2, 9, 6], 2).narrow(2, 1, 5));
        var mask = AttentionMask.Causal(3, 5, null, ScalarType.Float32, CPU);

        Close.To(PlainOps.Attention(query, keys, values, mask), Ops.Attention(query, keys, values, mask), 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2048)]
    public void Norm_and_embedding_equal_the_plain_ones_with_their_gradients(long width)
    {
        using var scope = NewDisposeScope();
        var ids = Close.Rows([0, 2, 2], [4, 0, 2]);

        Assert.InRange(SelfCheck.Compare(x => PlainOps.RmsNorm(x[0], x[1], 1e-6), x => Ops.RmsNorm(x[0], x[1], 1e-6), [3, 5, width], [width]), 0, 1e-5);
        Assert.InRange(SelfCheck.Compare(x => PlainOps.Embedding(ids, x[0]), x => Ops.Embedding(ids, x[0]), [5, width]), 0, 1e-6);
    }

    [Fact]
    public void In_bf16_each_shortcut_is_as_near_to_fp32_as_the_plain_operation()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (SelfCheck.Ramp([2, 4, 6, 8], 0), SelfCheck.Ramp([8], 1));
        var (halfX, halfWeight) = (x.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16));
        var (exact, half) = (AttentionMask.Causal(6, 6, 3, ScalarType.Float32, CPU), AttentionMask.Causal(6, 6, 3, ScalarType.BFloat16, CPU));

        Close.To(PlainOps.RmsNorm(x, weight, 1e-5), Ops.RmsNorm(halfX, halfWeight, 1e-5), 0.03);
        Close.To(PlainOps.RmsNorm(x, weight, 1e-5), Ops.RmsNorm(halfX, weight, 1e-5), 0.03);
        Close.To(PlainOps.Attention(x, x, x, exact), Ops.Attention(halfX, halfX, halfX, half), 0.02);
        Assert.Equal(ScalarType.BFloat16, Ops.Linear(halfX, SelfCheck.Ramp([3, 8], 2)).dtype);
    }

    /// <summary>A pair (i, i + size / 2) at position p is a complex number times exp(i p θ^(−2i/size)), in doubles.</summary>
    [Fact]
    public void Rotation_turns_pairs_by_the_papers_angles()
    {
        using var scope = NewDisposeScope();
        var x = SelfCheck.Ramp([1, 2, 5, 6], 0);
        var (cos, sin) = Zephyr.Model.RotaryEmbedding.Table(arange(5, ScalarType.Int64).reshape(1, 1, 5), 6, 100);
        var turned = Zephyr.Model.RotaryEmbedding.Rotate(x, cos, sin);
        for (var position = 0; position < 5; position++)
        {
            for (var i = 0; i < 3; i++)
            {
                var pair = new System.Numerics.Complex(x[0, 1, position, i].item<float>(), x[0, 1, position, i + 3].item<float>());
                pair *= System.Numerics.Complex.FromPolarCoordinates(1, position * Math.Pow(100, -2.0 * i / 6));
                Assert.Equal(pair.Real, turned[0, 1, position, i].item<float>(), 1e-6);
                Assert.Equal(pair.Imaginary, turned[0, 1, position, i + 3].item<float>(), 1e-6);
            }
        }
    }

    /// <summary>The paper's algorithm 2, one number at a time in doubles.</summary>
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    public void AdamW_equals_the_paper_written_with_doubles(double decay)
    {
        using var scope = NewDisposeScope();
        double[] weights = [0.5, -1.25, 3];
        double[] mean = new double[3], variance = new double[3];
        var (fused, plain) = (Start(), Start());
        for (var t = 1; t <= 20; t++)
        {
            var rate = 0.01 * t;
            double[] gradient = [Math.Sin(t), 1e-3 * t, -Math.Cos(3 * t)];
            for (var i = 0; i < 3; i++)
            {
                mean[i] = 0.9 * mean[i] + 0.1 * gradient[i];
                variance[i] = 0.98 * variance[i] + 0.02 * gradient[i] * gradient[i];
                var step = mean[i] / (1 - Math.Pow(0.9, t)) / (Math.Sqrt(variance[i] / (1 - Math.Pow(0.98, t))) + 1e-8);
                weights[i] -= rate * (step + decay * weights[i]);
            }

            var options = new AdamWStep(t, rate, 0.9, 0.98, 1e-8, decay);
            Ops.AdamW(fused with { Gradients = [tensor(gradient, ScalarType.Float32)] }, options);
            PlainOps.AdamW(plain with { Gradients = [tensor(gradient, ScalarType.Float32)] }, options);
        }

        Close.To(tensor(weights), fused.Weights[0], 2e-6);
        Close.To(tensor(weights), plain.Weights[0], 2e-6);
        Assert.Throws<ArgumentException>(() => Ops.AdamW(fused, new AdamWStep(1, 0.1)));

        AdamWTensors Start() => new([tensor(weights, ScalarType.Float32)], [], [zeros(3)], [zeros(3)]);
    }

    [Fact]
    public void A_tensor_over_memory_reads_that_memory()
    {
        using var scope = NewDisposeScope();
        var owner = arange(6, ScalarType.Float32);

        var over = MappedTensors.Over(MappedTensors.AddressOf(owner) + 8, [2, 2], ScalarType.Float32);
        owner.mul_(2);

        Assert.Equal([4f, 6f, 8f, 10f], over.data<float>().ToArray());
        Assert.Equal([6f, 8f, 10f], MappedTensors.Row(owner.reshape(2, 3), 1).ToArray());
        Assert.Throws<ArgumentException>(() => MappedTensors.AddressOf(owner.reshape(2, 3).t()));
        Assert.Throws<ArgumentException>(() => MappedTensors.Row(owner.reshape(2, 3), 2).Length);
    }
}
