using System.Diagnostics;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Recipe;

/// <summary>How fast this machine multiplies matrices: the peak that predictions start from.</summary>
public static class ProductProbe
{
    private const long Rows = 2048, Inner = 1024, Columns = 2048;
    private const int MostProducts = 8;
    private const int MostRounds = 40;

    /// <summary>How much faster than fp32 a product in bf16 must be to be taken. Processors that have bf16 make it about twice as fast, those that imitate it never this much.</summary>
    private const double WorthIt = 1.25;

    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(100);
    private static readonly Lazy<ScalarType> Chosen = new(Faster);

    /// <summary>The best of a few products, in about a second.</summary>
    /// <param name="type">Type of the product.</param>
    /// <param name="device">Where; null is the CPU.</param>
    /// <returns>Floating-point operations a second, a product counted as 2 · rows · inner · columns.</returns>
    public static double Measure(ScalarType type, Device? device = null)
    {
        Startup.Start();
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var (x, weight) = (ones(Rows, Inner, type, device ?? CPU), ones(Columns, Inner, type, device ?? CPU));
        var began = Stopwatch.GetTimestamp();
        return Enumerable.Range(0, MostProducts).TakeWhile(made => made == 0 || Stopwatch.GetElapsedTime(began) < Enough).Select(_ => Once(x, weight)).Max();
    }

    /// <summary>
    /// What the embedded world trains in: products in bf16 where this machine makes them clearly faster than in fp32 (AVX-512 with bf16, AMX, a card), else in fp32.
    /// Processors without bf16 imitate it, ten to a hundred times slower. Measured once a process, in milliseconds.
    /// </summary>
    public static ScalarType TrainingType => Chosen.Value;

    private static ScalarType Faster()
    {
        Startup.Start();
        using var scope = NewDisposeScope();
        using var none = no_grad();
        double Speed(ScalarType type) => Once(ones(384, 192, type), ones(512, 192, type));
        var began = Stopwatch.GetTimestamp();
        var (half, full) = (0.0, 0.0);
        for (var round = 0; round < 3 || (round < MostRounds && Stopwatch.GetElapsedTime(began) < LongEnough); round++)
        {
            (half, full) = (Math.Max(half, Speed(ScalarType.BFloat16)), Math.Max(full, Speed(ScalarType.Float32))); // in turn: what else runs here slows both
        }

        return cuda.is_available() || half >= WorthIt * full ? ScalarType.BFloat16 : ScalarType.Float32;
    }

    private static double Once(Tensor x, Tensor weight)
    {
        using var scope = NewDisposeScope();
        var began = Stopwatch.GetTimestamp();
        var product = nn.functional.linear(x, weight);
        product[0, 0].to(ScalarType.Float32).item<float>(); // waits for a card
        return 2.0 * x.shape[0] * x.shape[1] * weight.shape[0] / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
