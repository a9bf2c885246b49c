using Zephyr.Training;

namespace Zephyr.Tests.Training;

public class LearningRateTests
{
    public static TheoryData<int, string> Lines =>
        [.. GoldenFiles.Lines("small", "schedules.jsonl").Select((line, i) => (i, $"{line.GetProperty("kind")} over {line.GetProperty("steps")}"))];

    [Theory]
    [Trait("Golden", "yes")]
    [MemberData(nameof(Lines))]
    public void Equals_the_reference_schedule(int index, string schedule)
    {
        var line = GoldenFiles.Lines("small", "schedules.jsonl").ElementAt(index);
        var rate = ScheduleOf(line);
        Assert.SkipWhen(rate is null, $"The kit has no schedule like {schedule}.");

        var steps = line.GetProperty("steps").GetInt32();
        Assert.Equal(rate!.WarmupRatio == 0 ? 0 : line.GetProperty("warmup_steps").GetInt32(), rate.Warmup(steps));
        var at = line.GetProperty("at").EnumerateArray().Select(n => n.GetInt32()).ToArray();
        var expected = line.GetProperty("rate").EnumerateArray().Select(n => n.GetDouble()).ToArray();
        for (var i = 0; i < at.Length; i++)
        {
            Assert.Equal(expected[i], rate.At(at[i], steps), tolerance: 1e-15);
        }
    }

    [Fact]
    public void First_step_of_a_warm_up_has_rate_zero_and_the_peak_follows_it()
    {
        var rate = new LearningRate { Peak = 2e-5, Shape = RateShape.Cosine, WarmupRatio = 0.1 };

        Assert.Equal(0, rate.At(1, 41));
        Assert.Equal(2e-5, rate.At(6, 41)); // five of 41 rise: 4.1 rounded up
    }

    [Fact]
    public void The_released_run_cut_its_cosine_at_two_thirds()
    {
        var rate = new LearningRate { Peak = 2e-5, Shape = RateShape.Cosine, PlannedSteps = 406 };

        Assert.Equal(4.9e-6, rate.At(272, 272), tolerance: 1e-7);
    }

    [Fact]
    public void Steps_below_one_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRate { Peak = 1, Shape = RateShape.Linear }.At(0, 10));

    private static LearningRate? ScheduleOf(System.Text.Json.JsonElement line)
    {
        var warmup = line.GetProperty("warmup_ratio").GetDouble();
        return line.GetProperty("kind").GetString() switch
        {
            "linear" => new() { Peak = 1, Shape = RateShape.Linear, WarmupRatio = warmup },
            "cosine" => new() { Peak = 1, Shape = RateShape.Cosine, WarmupRatio = warmup },
            "constant_with_warmup" => new() { Peak = 1, Shape = RateShape.Constant, WarmupRatio = warmup },
            "constant" => new() { Peak = 1, Shape = RateShape.Constant }, // the reference is given a warm-up here and ignores it
            "inverse_sqrt" => new() { Peak = 1, Shape = RateShape.InverseSquareRoot, WarmupRatio = warmup },
            "cosine_with_min_lr" => new() { Peak = 1, Shape = RateShape.Cosine, WarmupRatio = warmup, FinalShare = line.GetProperty("min_lr_rate").GetDouble() },
            _ => null,
        };
    }
}
