using Zephyr.Evaluation;

namespace Zephyr.Tests.Evaluation;

public class ComparisonTests
{
    [Fact]
    public void Samples_of_one_prompt_count_as_one_outcome()
    {
        IReadOnlyList<double> sample = [3, 2, 5, 4], theirs = [1, 2, 4, 5];

        var once = WinRate.Between(sample, theirs);
        var twice = WinRate.Between([sample, sample], theirs);

        Assert.Equal(once, twice); // the same sample twice tells nothing new: neither a smaller error nor more prompts
        Assert.Equal(56.25, WinRate.Between([sample, [0, 3, 0, 6]], theirs).Percent, tolerance: 1e-9); // outcomes (1, 0), (.5, 1), (1, 0), (0, 1): mean .5, .75, .5, .5
    }

    [Fact]
    public void Win_rate_counts_a_tie_as_one_half()
    {
        var rate = WinRate.Between([3, 2, 5, 4], [1, 2, 4, 5]);

        Assert.Equal((2, 1, 1, 4), (rate.Wins, rate.Losses, rate.Ties, rate.Count));
        Assert.Equal(62.5, rate.Percent, 1e-12);
        // Outcomes 1, 0.5, 1, 0: mean 0.625, squared distances 0.140625 x 2 + 0.015625 + 0.390625 = 0.6875.
        Assert.Equal(100 * Math.Sqrt(0.6875 / 3 / 4), rate.StandardError!.Value, 1e-12);
    }

    [Fact]
    public void Published_counts_give_the_papers_win_rate_and_error()
    {
        // zephyr-7b-beta in AlpacaEval 1: 727 wins, 75 losses, 1 draw; Table 1 prints 90.60 (1.03).
        var rate = WinRate.Of([.. Enumerable.Repeat(1.0, 727), .. Enumerable.Repeat(0.0, 75), 0.5]);

        Assert.Equal(90.59775840597759, rate.Percent, 1e-9);
        Assert.Equal(1.0287080531312012, rate.StandardError!.Value, 1e-9);
    }

    [Fact]
    public void Outcomes_outside_zero_to_one_are_refused_with_their_place()
    {
        var error = Assert.Throws<ArgumentException>(() => WinRate.Of([0.5, 1.5]));
        Assert.Contains("Outcome 1 is 1.5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paired_lists_of_different_length_are_refused()
    {
        Assert.Contains("2 values against 1", Assert.Throws<ArgumentException>(() => WinRate.Between([1, 2], [1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PairedBootstrap.Difference([double.NaN], [1]));
    }

    [Fact]
    public void Bootstrap_interval_has_the_width_of_the_normal_approximation()
    {
        double[] ours = [.. Enumerable.Range(0, 400).Select(i => 0.5 + Math.Sin(i))];
        var theirs = new double[400];

        var interval = PairedBootstrap.Difference(ours, theirs, seed: 3, resamples: 20_000);

        var mean = ours.Average();
        var error = Math.Sqrt(ours.Sum(value => (value - mean) * (value - mean)) / 399 / 400);
        Assert.Equal(mean, interval.Mean, 1e-12);
        Assert.Equal(mean - 1.96 * error, interval.Low, 0.05 * error);
        Assert.Equal(mean + 1.96 * error, interval.High, 0.05 * error);
        Assert.True(interval.ExcludesZero);
    }

    [Fact]
    public void Bootstrap_takes_away_what_prompts_have_in_common()
    {
        double[] hard = [.. Enumerable.Range(0, 100).Select(i => i % 5 + 0.0)];
        var interval = PairedBootstrap.Difference([.. hard.Select(value => value + 0.25)], hard);

        Assert.Equal((0.25, 0.25, 0.25), (interval.Mean, interval.Low, interval.High));
    }

    [Fact]
    public void An_interval_is_written_with_signs_and_zero_has_but_one()
    {
        Assert.Equal("+0.22 [-0.17, +1.00]", new Interval(0.215001, -0.1749, 0.9951).ToString());
        Assert.Equal("+0.00 [+0.00, +0.00]", new Interval(-0.001, -0.0, 0.004).ToString());
    }

    [Fact]
    public void Same_seed_gives_the_same_interval()
    {
        double[] ours = [1, 2, 3, 4, 2], theirs = [2, 1, 1, 4, 0];
        Assert.Equal(PairedBootstrap.Difference(ours, theirs, seed: 7), PairedBootstrap.Difference(ours, theirs, seed: 7));
    }

    [Fact]
    public void Pooling_averages_each_prompt_over_the_seeds_first()
    {
        var pooled = PairedBootstrap.Pooled([[1, 5], [3, 5]], [[0, 0], [0, 2]]);
        Assert.Equal(PairedBootstrap.Difference([2, 5], [0, 1]), pooled);
    }

    [Fact]
    public void A_verdict_that_follows_the_place_is_a_tie()
    {
        Assert.Equal(1, PositionSwap.Outcome(Shown.First, Shown.Second));
        Assert.Equal(0, PositionSwap.Outcome(Shown.Second, Shown.First));
        Assert.Equal(0.5, PositionSwap.Outcome(Shown.First, Shown.First));
        Assert.Equal(0.5, PositionSwap.Outcome(Shown.Tie, Shown.Second));
    }

    [Fact]
    public void Position_bias_separates_consistent_pairs_from_places()
    {
        var bias = PositionSwap.Bias([(Shown.First, Shown.Second), (Shown.First, Shown.First), (Shown.First, Shown.First), (Shown.Second, Shown.Second), (Shown.Tie, Shown.Tie)]);

        Assert.Equal((0.4, 0.4, 0.2), (bias.Consistent, bias.PrefersFirst, bias.PrefersSecond));
        Assert.Equal(60, bias.Rate.Percent, 1e-12);
    }

    [Fact]
    public void Reward_accuracy_counts_strictly_higher_rewards_only()
    {
        var accuracy = RewardAccuracy.Of([1.0, 0.0, -1.0, 2.0], [0.5, 0.0, 1.0, -2.0]);

        Assert.Equal((0.5, 0.25, 4), (accuracy.Accuracy, accuracy.StandardError, accuracy.Count));
        Assert.Equal(0.625, accuracy.Margin, 1e-12);
    }
}
