using Zephyr.Recipe.Claims;

namespace Zephyr.Tests.Recipe.Claims;

public class ClaimDecisionTests
{
    private static readonly PaperEvidence Nowhere = new("nowhere", "none");

    [Fact]
    public void A_difference_is_paired_by_prompt_and_averaged_over_seeds()
    {
        // Prompts differ by far more than the arms do; only pairing sees that the gain is 0.3 everywhere on one seed and 0.1 on the other.
        double[] hard = [1, 2, 3, 4, 5];
        MadeUpEvidence[] seeds =
        [
            new(11, new Dictionary<string, double[]> { ["dSFT"] = hard, ["base"] = [.. hard.Select(score => score - 0.3)] }),
            new(12, new Dictionary<string, double[]> { ["dSFT"] = hard, ["base"] = [.. hard.Select(score => score - 0.1)] }),
        ];

        var outcome = ClaimDecision.Decide(OfReplies(StatisticKind.Difference, ["dSFT", "base"], new(AtLeast: 0.15, LowAbove: 0)), seeds);

        Assert.Equal(0.2, outcome.Ours.Value, 1e-12);
        Assert.Equal(0.2, outcome.Ours.Low!.Value, 1e-12);
        Assert.Equal([0.3, 0.1], outcome.Seeds.Select(seed => Math.Round(seed.Estimate.Value, 12)));
        Assert.Equal([3, 2.8], outcome.Arms.Select(arm => Math.Round(arm.Mean, 12)));
        Assert.True(outcome.Holds);
        Assert.False(ClaimDecision.Decide(OfReplies(StatisticKind.Difference, ["dSFT", "base"], new(AtLeast: 0.25)), seeds).Holds);
        Assert.False(ClaimDecision.Decide(OfReplies(StatisticKind.Difference, ["dSFT", "base"], new(AtLeast: 0.15), ClaimScope.EachSeed), seeds).Holds);
    }

    [Fact]
    public void The_interval_is_about_as_wide_as_the_normal_one()
    {
        double[] gains = [.. Enumerable.Range(0, 200).Select(prompt => (prompt * 37 % 200) / 100.0 - 0.9)];
        var (mean, deviation) = (gains.Average(), Math.Sqrt(gains.Sum(gain => gain * gain) / 200 - gains.Average() * gains.Average()));
        var evidence = new MadeUpEvidence(11, new Dictionary<string, double[]> { ["dSFT"] = gains, ["base"] = new double[200] });

        var ours = ClaimDecision.Decide(OfReplies(StatisticKind.Difference, ["dSFT", "base"], new(LowAbove: 0)), [evidence]).Ours;

        Assert.Equal(mean, ours.Value, 1e-12);
        Assert.Equal(mean - 1.96 * deviation / Math.Sqrt(200), ours.Low!.Value, 0.01);
        Assert.Equal(mean + 1.96 * deviation / Math.Sqrt(200), ours.High!.Value, 0.01);
    }

    [Fact]
    public void A_trend_is_the_slope_by_least_squares_and_prompts_without_a_value_do_not_count()
    {
        double[] Line(double place) => [1 + 0.5 * place, double.NaN, 3 - 0.1 * place];
        string[] arms = ["dSFT", "dSFT-2", "dDPO+dSFT", "base"];
        var evidence = new MadeUpEvidence(11, arms.Index().ToDictionary(arm => arm.Item, arm => Line(arm.Index)));

        Assert.Equal(0.2, ClaimDecision.Decide(OfReplies(StatisticKind.Trend, arms, new(AtLeast: 0)), [evidence]).Ours.Value, 1e-12);
        Assert.Equal(2, ClaimDecision.Decide(OfReplies(StatisticKind.Level, ["dSFT"], new(AtLeast: 0)), [evidence]).Ours.Value, 1e-12);
    }

    [Fact]
    public void A_stair_is_measured_between_the_quarters_on_its_two_sides()
    {
        // Eight steps an epoch. Only the last two of epoch 1 (loss 0.5) and the first two of epoch 2 (0.2) are to count.
        double[] losses = [9, 9, 9, 9, 9, 9, 0.6, 0.4, 0.3, 0.1, 9, 9, 9, 9, 9, 9];
        LoggedLoss[] log = [.. losses.Select((loss, step) => new LoggedLoss((step + 1) / 8.0, loss, step == 7 ? 0.53 : step == 15 ? 0.75 : null))];
        var evidence = new MadeUpEvidence(11, new Dictionary<string, double[]>(), log);

        Assert.Equal(0.6, ClaimDecision.Decide(OfLosses(StatisticKind.LossDrop, 1, new(AtLeast: 0.3)), [evidence]).Ours.Value, 1e-12);
        Assert.Equal(0.22, ClaimDecision.Decide(OfLosses(StatisticKind.HeldOutRise, null, new(AtLeast: 0)), [evidence]).Ours.Value, 1e-12);
        var error = Assert.Throws<InvalidDataException>(() => ClaimDecision.Decide(OfLosses(StatisticKind.LossDrop, 2, new(AtLeast: 0.3)), [evidence]));
        Assert.Contains("0 in the quarter after", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Losses_have_students_interval_over_seeds_and_one_seed_decides_nothing_that_wants_one()
    {
        static MadeUpEvidence Rising(long seed, double rise) => new(seed, new Dictionary<string, double[]>(), [new(1, 1, 0.5), new(2, 1, 0.5 + rise)]);
        var claim = OfLosses(StatisticKind.HeldOutRise, null, new(LowAbove: 0));

        var three = ClaimDecision.Decide(claim, [Rising(11, 1), Rising(12, 2), Rising(13, 3)]);
        var one = ClaimDecision.Decide(claim, [Rising(11, 1)]);

        // Mean 2, standard deviation 1: 4.303 / sqrt(3) either way.
        Assert.Equal(2, three.Ours.Value, 1e-12);
        Assert.Equal(2 - 4.303 / Math.Sqrt(3), three.Ours.Low!.Value, 1e-12);
        Assert.Equal(2 + 4.303 / Math.Sqrt(3), three.Ours.High!.Value, 1e-12);
        Assert.False(three.Holds);
        Assert.Null(one.Holds);
        Assert.Equal("not decided", one.Verdict);
    }

    [Theory]
    [InlineData(0.1, -0.19, 0.19, true)]
    [InlineData(0.1, -0.21, 0.19, false)]
    [InlineData(0.1, -0.19, 0.2, false)]
    [InlineData(0.31, -0.1, 0.1, false)]
    [InlineData(-0.31, -0.1, 0.1, false)]
    public void Every_bound_counts(double value, double low, double high, bool meets) =>
        Assert.Equal(meets, new Estimate(value, low, high).Meets(new(AtLeast: -0.3, AtMost: 0.3, LowAbove: -0.2, HighBelow: 0.2)));

    private static Claim OfReplies(StatisticKind kind, IReadOnlyList<string> arms, ClaimThreshold threshold, ClaimScope scope = ClaimScope.Pooled) =>
        new("one", ClaimGroup.Paper, true, "A claim.", Nowhere, new(kind, arms, scope, Measure.Score, Decoding.Sampled), threshold);

    private static Claim OfLosses(StatisticKind kind, int? border, ClaimThreshold threshold) =>
        new("one", ClaimGroup.Paper, true, "A claim.", Nowhere, new(kind, ["dDPO+dSFT, 3 epochs"], ClaimScope.Pooled, Border: border), threshold);
}
