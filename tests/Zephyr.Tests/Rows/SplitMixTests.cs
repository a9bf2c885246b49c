using Zephyr.Rows;

namespace Zephyr.Tests.Rows;

public sealed class SplitMixTests
{
    [Fact]
    public void Gives_the_published_numbers_for_seed_1234567()
    {
        // The reference C program (Vigna, splitmix64.c) prints these five.
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        var random = new SplitMix(1234567);

        Assert.Equal(expected, expected.Select(_ => random.Next()).ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void Whole_numbers_are_in_range_and_equally_likely(int count)
    {
        var random = new SplitMix(5);
        var seen = new int[count];
        const int Draws = 60_000;
        for (var draw = 0; draw < Draws; draw++)
        {
            seen[random.Next(count)]++;
        }

        var spread = 6 * Math.Sqrt(Draws / (double)count);
        Assert.All(seen, number => Assert.InRange(number, (Draws / (double)count) - spread, (Draws / (double)count) + spread));
    }

    [Fact]
    public void Doubles_are_below_one_and_average_one_half()
    {
        var random = new SplitMix(9);
        var values = Enumerable.Range(0, 100_000).Select(_ => random.NextDouble()).ToArray();

        Assert.All(values, value => Assert.InRange(value, 0, 1 - Math.Pow(2, -53)));
        Assert.Equal(0.5, values.Average(), tolerance: 0.005);
    }

    [Fact]
    public void Shuffles_every_order_equally_often()
    {
        var random = new SplitMix(11);
        var orders = new Dictionary<string, int>();
        for (var round = 0; round < 24_000; round++)
        {
            var items = "abcd".ToCharArray();
            random.Shuffle<char>(items);
            orders[new string(items)] = orders.GetValueOrDefault(new string(items)) + 1;
        }

        Assert.Equal(24, orders.Count);
        Assert.All(orders.Values, number => Assert.InRange(number, 1000 - 190, 1000 + 190));
    }

    [Fact]
    public void Mixed_seeds_depend_on_every_part_and_its_place()
    {
        var seeds = new HashSet<ulong>();
        for (var epoch = 0; epoch < 20; epoch++)
        {
            for (var row = 0; row < 500; row++)
            {
                Assert.True(seeds.Add(SplitMix.Mix(7, epoch, row)), $"epoch {epoch}, row {row} repeats a seed");
            }
        }

        Assert.Equal(SplitMix.Mix(7, 1, 2), SplitMix.Mix(7UL, 1, 2));
        Assert.NotEqual(SplitMix.Mix(7, 1, 2), SplitMix.Mix(7, 2, 1));
        Assert.NotEqual(SplitMix.Mix(7, 0), SplitMix.Mix(7));
    }

    [Fact]
    public void Refuses_to_choose_among_nothing()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SplitMix(1).Next(0));
        Assert.Throws<ArgumentException>(() => new SplitMix(1).Pick(Array.Empty<int>()));
    }
}
