using System.Diagnostics;
using Zephyr.Recipe;
using static TorchSharp.torch;

namespace Zephyr.Tests.Recipe;

public class TrainingTypeTests
{
    /// <summary>On a processor that only imitates bf16 the wrong type is about a hundred times slower; on one that has it, half as fast.</summary>
    [Fact]
    public void The_world_trains_in_the_type_that_this_machine_multiplies_fast()
    {
        var other = ProductProbe.TrainingType == ScalarType.BFloat16 ? ScalarType.Float32 : ScalarType.BFloat16;

        Assert.True(Seconds(ProductProbe.TrainingType) < 1.3 * Seconds(other), $"{ProductProbe.TrainingType} is slower than {other}");
    }

    /// <summary>The best of some products of the feed-forward layer's shape.</summary>
    private static double Seconds(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (rand(512, 192).to(type), rand(512, 192).to(type));
        return Enumerable.Range(0, 7).Min(_ =>
        {
            var began = Stopwatch.GetTimestamp();
            nn.functional.linear(x, weight).Dispose();
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        });
    }
}
