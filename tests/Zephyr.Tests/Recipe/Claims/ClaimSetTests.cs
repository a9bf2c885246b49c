using Zephyr.Recipe;
using Zephyr.Recipe.Claims;
using Zephyr.TinyWorld;

namespace Zephyr.Tests.Recipe.Claims;

public class ClaimSetTests
{
    private static readonly string Folder = Path.Combine(GoldenFiles.RepositoryRoot, "data");
    private static readonly string Committed = File.ReadAllText(Path.Combine(Folder, ClaimSet.FileName));

    [Fact]
    public void The_committed_claims_are_those_of_the_current_settings() =>
        Assert.True(ClaimSet.Parse(Committed, "claims.json").Settings == SettingsHash.Of(new WorldData(Folder)),
            "The settings have changed since data/claims.json was written down. Read every claim again, put the hash of `Zephyr.Cli claims --settings show` there, and commit before any run that decides.");

    [Fact]
    public void What_the_embedded_world_must_show_is_claimed_on_five_unseen_seeds_and_test_prompts()
    {
        var set = ClaimSet.Parse(Committed, "claims.json");

        Assert.Equal("test", set.Split);
        Assert.Equal([21, 22, 23, 24, 25], set.Seeds.Paper);
        Assert.All(set.Claims, claim => Assert.DoesNotContain(set.Seeds.Of(claim.Group), seed => seed is (>= 1 and <= 3) or (>= 11 and <= 20))); // tuned on; decided on before, and looked into
        Claim Of(string id) => set.Claims.Single(claim => claim.Id == id);
        Assert.Equal((1.5, 0.0), (Of("dsft-over-base").Threshold.AtLeast, Of("dsft-over-base").Threshold.LowAbove));
        Assert.Equal((0.15, 0.0), (Of("ddpo-over-dsft").Threshold.AtLeast, Of("ddpo-over-dsft").Threshold.LowAbove));
        Assert.Equal(0, Of("ddpo-over-dsft-2").Threshold.LowAbove);
        Assert.Equal((-0.2, 0.2), (Of("ddpo-needs-dsft").Threshold.LowAbove, Of("ddpo-needs-dsft").Threshold.HighBelow));
        Assert.Equal((0.3, 0.3), (Of("stair-1").Threshold.AtLeast, Of("stair-2").Threshold.AtLeast));
        Assert.Equal(0, Of("held-out-rises").Threshold.LowAbove);
        Assert.Equal(7, set.Claims.Count(claim => claim is { Required: true, Group: ClaimGroup.Paper }));
        Assert.Equal(Enum.GetValues<ClaimGroup>(), set.Claims.Select(claim => claim.Group).Distinct().Order());
    }

    [Theory]
    [InlineData("points", "dsft-over-base", "ddpo-over-dsft-greedy", "weak-teacher")]
    [InlineData("points a step", "noise-costs", "ddpo-epochs-after-dsft-1")]
    [InlineData("of the loss", "stair-1", "stair-2")]
    [InlineData("nats a pair", "held-out-rises")]
    [InlineData("words", "length-judge-lengthens")]
    [InlineData("of replies", "ddpo-wins-more", "ddpo-admits-more", "role-tags-without-dsft", "words-turned-round-each-seed", "filters-remove-disclaimers")]
    public void Each_number_has_its_unit(string unit, params string[] ids) =>
        Assert.All(ids, id => Assert.Equal(unit, ClaimSet.Parse(Committed, "claims.json").Claims.Single(claim => claim.Id == id).Statistic.Unit));

    [Theory]
    [InlineData("\"split\": \"test\"", "\"split\": \"train\"", "split is \"train\": dev or test")]
    [InlineData("\"prompts\": 680", "\"prompts\": 801", "prompts is 801; the split \"test\" has 800")]
    [InlineData("[21, 22, 23, 24, 25]", "[21, 22, 21]", "seeds.paper is [21, 22, 21]")]
    [InlineData("\"id\": \"stair-2\"", "\"id\": \"stair-1\"", "two claims are called \"stair-1\"")]
    [InlineData("\"id\": \"stair-2\"", "\"id\": \"Stair 2\"", "claim \"Stair 2\": an id is")]
    [InlineData("[\"dSFT\", \"base\"]", "[\"dSFT\", \"basis\"]", "claim \"dsft-over-base\": there is no arm \"basis\"")]
    [InlineData("[\"dSFT\", \"base\"]", "[\"dSFT\"]", "claim \"dsft-over-base\": Difference of 1 arms (dSFT): it wants 2")]
    [InlineData("\"border\": 2", "\"border\": 0", "claim \"stair-2\": border, from 1")]
    [InlineData("{\"at_least\": 1.5, \"low_above\": 0}", "{}", "claim \"dsft-over-base\": the threshold has no bound")]
    [InlineData("{\"low_above\": -0.2, \"high_below\": 0.2}", "{\"low_above\": 0.3, \"high_below\": 0.2}", "lower bound lies above its upper one")]
    [InlineData("{\"at_least\": 1.5, \"low_above\": 0}", "{\"at_leest\": 1.5}", "at_leest")]
    [InlineData("\"required\": true,", "", "required")]
    [InlineData("\"kind\": \"loss_drop\"", "\"kind\": 3", "kind")]
    [InlineData("\"split\": \"test\"", "\"split\": \"test\", \"split\": \"dev\"", "split")]
    public void A_file_that_says_something_else_is_refused_with_the_place(string was, string becomes, string said)
    {
        Assert.Contains(was, Committed, StringComparison.Ordinal);
        var place = Committed.IndexOf(was, StringComparison.Ordinal);
        var error = Assert.Throws<InvalidDataException>(() => ClaimSet.Parse(Committed.Remove(place, was.Length).Insert(place, becomes), "claims.json"));

        Assert.StartsWith("claims.json:", error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_are_read_back_as_written_and_keep_the_groups_that_were_not_run_again()
    {
        var claims = ClaimSet.Parse(Committed, "claims.json").Claims;
        var path = Path.Combine(Directory.CreateTempSubdirectory("zephyr-claims-").FullName, ClaimResults.FileName);
        ClaimOutcome Outcome(Claim claim, double value) => new(claim, new(value, value - 1, value + 1), [new(11, new(value))], [new("dSFT", 3)], claim.Required ? true : null);
        var first = new ClaimResults("aa", "test", 400, [Outcome(claims[0], 1), Outcome(claims[^1], 2)], [new("dSFT", QuestionFamily.Reverse, 3, [new(11, 2.5)])]);

        first.Save(path);
        var again = new ClaimResults("aa", "test", 400, [Outcome(claims[0], 5)], []).With(ClaimResults.Load(path), claims);
        var changed = again.With(null, [claims[0] with { Sentence = "Another claim." }]);
        var otherSettings = new ClaimResults("bb", "test", 400, [Outcome(claims[0], 5)], []).With(first, claims);

        Assert.Equal(File.ReadAllText(path), Saved(ClaimResults.Load(path), path + "2"));
        Assert.Equal([5, 2], again.Outcomes.Select(outcome => outcome.Ours.Value));
        Assert.Equal((QuestionFamily.Reverse, 2.5), (again.Families.Single().Family, again.Families.Single().Seeds.Single().Mean));
        Assert.Empty(changed.Outcomes);
        Assert.Empty(otherSettings.Families);
        Assert.Equal([5], otherSettings.Outcomes.Select(outcome => outcome.Ours.Value));
        File.WriteAllText(path, "{}");
        Assert.Contains("run `claims` again", Assert.Throws<InvalidDataException>(() => ClaimResults.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_of_other_settings_prompts_or_claims_are_not_taken_for_those_of_the_claims()
    {
        var set = ClaimSet.Parse(Committed, "claims.json");
        var folder = Directory.CreateTempSubdirectory("zephyr-claims-").FullName;
        var results = new ClaimResults(set.Settings, set.Split, set.Prompts, [new(set.Claims[0], new(2), [], [], true)], [new("dSFT", QuestionFamily.Fact, 3, [])]);
        Assert.Empty(ClaimResults.Of(set, folder).Outcomes);

        results.Save(Path.Combine(folder, ClaimResults.FileName));

        Assert.Equal([2], ClaimResults.Of(set, folder).Outcomes.Select(outcome => outcome.Ours.Value));
        Assert.Single(ClaimResults.Of(set, folder).Families);
        foreach (var other in new[] { set with { Settings = "other" }, set with { Split = "dev" }, set with { Prompts = 12 } })
        {
            Assert.Empty(ClaimResults.Of(other, folder).Outcomes);
            Assert.Empty(ClaimResults.Of(other, folder).Families);
        }

        Assert.Empty(ClaimResults.Of(set with { Claims = [set.Claims[0] with { Sentence = "Changed since." }] }, folder).Outcomes);
    }

    private static string Saved(ClaimResults results, string path)
    {
        results.Save(path);
        return File.ReadAllText(path);
    }
}
