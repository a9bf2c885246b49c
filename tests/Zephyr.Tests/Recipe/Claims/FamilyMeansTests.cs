using Zephyr.Recipe.Claims;
using Zephyr.TinyWorld;

namespace Zephyr.Tests.Recipe.Claims;

public class FamilyMeansTests
{
    private static readonly Question[] Asked =
        [new(QuestionFamily.Reverse, -1, -1), new(QuestionFamily.Fact, 1, 2), new(QuestionFamily.Reverse, -1, -1), new(QuestionFamily.Fact, 3, 4), new(QuestionFamily.Fact, 5, 6)];

    [Fact]
    public void Each_kind_has_its_own_mean_for_each_seed()
    {
        var means = FamilyMeans.Of("dSFT", Asked, [(11, [1, 3, 2, 4, 5]), (12, [5, 1, 4, 1, 1.75])]);

        Assert.Equal([(QuestionFamily.Fact, 3), (QuestionFamily.Reverse, 2)], means.Select(family => (family.Family, family.Prompts)));
        Assert.Equal([new(11, 4), new(12, 1.25)], means[0].Seeds);
        Assert.Equal([new(11, 1.5), new(12, 4.5)], means[1].Seeds);
    }

    [Fact]
    public void Together_they_are_the_mean_over_all_prompts()
    {
        double[] scores = [1.25, 3, 2.5, 4, 4.75];

        var means = FamilyMeans.Of("dSFT", Asked, [(11, scores)]);

        Assert.Equal(scores.Average(), means.Sum(family => family.Prompts * family.Seeds[0].Mean) / Asked.Length, 12);
    }

    [Fact]
    public void A_seed_that_answered_other_prompts_is_refused() =>
        Assert.Contains("seed 12 has 4 scores for 5 prompts", Assert.Throws<ArgumentException>(() => FamilyMeans.Of("dSFT", Asked, [(11, [1, 2, 3, 4, 5]), (12, [1, 2, 3, 4])])).Message, StringComparison.Ordinal);
}
