using System.Text.Json;
using Zephyr.Feedback;

namespace Zephyr.Tests.Feedback;

[Trait("Golden", "yes")]
public class PythonRandomTests
{
    private static JsonElement Summary => JsonDocument.Parse(File.ReadAllText(GoldenFiles.At("eval", "ultrafeedback", "summary.json"))).RootElement;

    [Fact]
    public void Outputs_equal_pythons_for_seed_42()
    {
        var (bits, doubles, slots) = (new PythonRandom(42), new PythonRandom(42), new PythonRandom(42));

        Assert.All(Summary.GetProperty("random_42_getrandbits_32_first_5").EnumerateArray(), expected => Assert.Equal(expected.GetUInt32(), bits.NextBits()));
        Assert.All(Summary.GetProperty("random_42_random_first_5").EnumerateArray(), expected => Assert.Equal(expected.GetDouble(), doubles.NextDouble()));
        Assert.All(Summary.GetProperty("random_42_randrange_4_first_40").EnumerateArray(), expected => Assert.Equal(expected.GetInt32(), slots.Next(4)));
    }

    [Fact]
    public void A_text_seeds_as_in_python()
    {
        var cases = JsonDocument.Parse(File.ReadAllText(GoldenFiles.At("eval", "alpaca_eval", "output_order.json"))).RootElement.EnumerateArray();
        Assert.All(cases, @case => Assert.Equal(@case.GetProperty("first_random").GetDouble(), PythonRandom.FromText(@case.GetProperty("seed_text").GetString()!).NextDouble()));
    }

    [Theory]
    [InlineData(123456789012, 2000, 2195833452)] // two words of seed, fourth block of the state; from Python 3.11
    [InlineData(-5, 1, 2675342405)]
    public void Long_and_negative_seeds_equal_pythons(long seed, int draws, uint last)
    {
        var random = new PythonRandom(seed);
        Assert.Equal(last, Enumerable.Range(0, draws).Select(_ => random.NextBits()).ToArray()[^1]);
    }
}
