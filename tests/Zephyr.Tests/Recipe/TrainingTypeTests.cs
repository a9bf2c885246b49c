using Zephyr.Recipe;
using static TorchSharp.torch;

namespace Zephyr.Tests.Recipe;

public class TrainingTypeTests
{
    /// <summary>The kit measures; the kernel knows: a processor that lists bf16 products trains in bf16, one without AVX-512 in fp32.</summary>
    [Fact]
    public void The_world_trains_in_the_type_that_the_processor_multiplies_fast()
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo"), "only Linux lists what its processor can do in /proc/cpuinfo");
        var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal));
        Assert.SkipWhen(line is null, "this processor is not an x86: it lists no flags");
        var flags = line!.Split(' ').ToHashSet();
        var has = flags.Contains("avx512_bf16") || flags.Contains("amx_bf16") || cuda.is_available();
        var imitates = !has && !flags.Contains("avx512f");
        Assert.SkipUnless(has || imitates, "AVX-512 without bf16: either type may be the faster one");

        Assert.Equal(has ? ScalarType.BFloat16 : ScalarType.Float32, ProductProbe.TrainingType);
    }
}
