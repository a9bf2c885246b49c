using System.Diagnostics;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Recipe;

/// <summary>How fast this machine multiplies matrices: the peak that predictions start from.</summary>
public static class ProductProbe
{
    private const long Rows = 2048, Inner = 1024, Columns = 2048;

    /// <summary>The best of a few products, about a second in all.</summary>
    /// <param name="type">Type of the product.</param>
    /// <param name="device">Where; null is the CPU.</param>
    /// <returns>Floating-point operations a second, a product counted as 2 · rows · inner · columns.</returns>
    public static double Measure(ScalarType type, Device? device = null)
    {
        Startup.Start();
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var (x, weight) = (ones(Rows, Inner, type, device ?? CPU), ones(Columns, Inner, type, device ?? CPU));
        return Enumerable.Range(0, 8).Select(_ => Once(x, weight)).Max();
    }

    private static double Once(Tensor x, Tensor weight)
    {
        using var scope = NewDisposeScope();
        var began = Stopwatch.GetTimestamp();
        var product = nn.functional.linear(x, weight);
        product[0, 0].to(ScalarType.Float32).item<float>(); // waits for a card
        return 2.0 * Rows * Inner * Columns / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
