using TorchSharp;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Training;

/// <summary>The optimizers against the textbook rule, one number at a time in double.</summary>
public class OptimizerTests
{
    private static readonly double[] Gradients = [0.5, -2, 1e-3, 40, 0, -0.25, 3];

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    public void AdamW_follows_the_rule(double decay)
    {
        var weight = tensor(new[,] { { 1.5 } }).requires_grad_();
        var optimizer = new AdamW([("w", weight)], new() { WeightDecay = decay });
        var (w, m, v) = (1.5, 0.0, 0.0);

        for (var t = 1; t <= Gradients.Length; t++)
        {
            var (g, rate) = (Gradients[t - 1], 0.01 * t);
            weight.grad = tensor(new[,] { { g } });
            optimizer.Step(rate);

            (m, v) = ((0.9 * m) + (0.1 * g), (0.999 * v) + (0.001 * g * g));
            w = (w * (1 - (rate * decay))) - (rate * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8));
            Assert.Equal(w, weight.ToDouble(), tolerance: 1e-12);
        }
    }

    [Fact]
    public void AdamW_does_not_decay_norms()
    {
        var (norm, matrix) = (ones(3).requires_grad_(), ones(1, 3).requires_grad_());
        var optimizer = new AdamW([("norm", norm), ("matrix", matrix)], new() { WeightDecay = 0.5 });
        (norm.grad, matrix.grad) = (zeros(3), zeros(1, 3));

        optimizer.Step(0.1);

        Assert.Equal([1f, 1f, 1f], norm.data<float>().ToArray());
        Assert.All(matrix.data<float>().ToArray(), value => Assert.Equal(0.95f, value, 1e-6f));
    }

    [Fact]
    public void RmsProp_follows_the_rule()
    {
        var weight = tensor(new[] { 1.5 }).requires_grad_();
        var optimizer = new RmsProp([("w", weight)], new() { Rule = OptimizerRule.RmsProp });
        var (w, v) = (1.5, 0.0);

        foreach (var g in Gradients)
        {
            weight.grad = tensor(new[] { g });
            optimizer.Step(0.02);

            v = (0.99 * v) + (0.01 * g * g);
            w -= 0.02 * g / (Math.Sqrt(v) + 1e-8);
            Assert.Equal(w, weight.ToDouble(), tolerance: 1e-12);
        }
    }

    [Fact]
    public void RmsProp_refuses_a_decay_it_does_not_have() =>
        Assert.Throws<ArgumentException>(() => new RmsProp([], new() { Rule = OptimizerRule.RmsProp, WeightDecay = 0.1 }));
}
