using System.Diagnostics;
using static TorchSharp.torch;

namespace Zephyr.Benchmarks;

/// <summary>What the machine can do at most: the best of three matrix products in one type.</summary>
internal sealed class PeakProduct(ScalarType type)
{
    private static readonly (long Rows, long In, long Out)[] Shapes = [(2048, 256, 688), (2048, 256, 4096), (2048, 2048, 2048)];

    /// <returns>Floating-point operations a second of the fastest shape, a product counted as 2 · rows · in · out.</returns>
    public double Measure() => Shapes.Max(shape =>
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var x = randn([shape.Rows, shape.In], type);
        var weight = randn([shape.Out, shape.In], type);
        var flops = 2.0 * shape.Rows * shape.In * shape.Out;
        var repeats = Math.Max(3, (int)(2e10 / flops));
        nn.functional.linear(x, weight).Dispose();
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++)
        {
            nn.functional.linear(x, weight).Dispose();
        }

        return repeats * flops / Stopwatch.GetElapsedTime(began).TotalSeconds;
    });
}
