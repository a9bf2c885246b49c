using Zephyr.Recipe;
using Zephyr.Recipe.Claims;
using Zephyr.Rows;
using Zephyr.Training;

namespace Zephyr.Tests.Recipe.Claims;

/// <summary>
/// Three reversals at small size, from the shipped dSFT model, on development prompts: what is said to be the cause of dDPO's gain is taken away,
/// and the gain has to go with it. A recipe whose results were planted would pass the recipe's own tests and fail these.
/// </summary>
public sealed class ReversedTrainingTests(ReversedTrainingTests.Trained trained) : IClassFixture<ReversedTrainingTests.Trained>
{
    [Fact]
    public void With_labels_by_coin_dDPO_gains_nothing_and_with_the_judges_it_does()
    {
        Assert.True(trained.Judge.Sampled > trained.Start.Sampled + 0.05, trained.ToString());
        Assert.True(trained.Coins.Sampled < trained.Start.Sampled + 0.05, trained.ToString());
    }

    [Fact]
    public void With_chosen_and_rejected_swapped_dDPO_is_worse_than_its_start() => Assert.True(trained.Swapped.Sampled < trained.Start.Sampled - 0.2, trained.ToString());

    [Fact]
    public void A_judge_of_length_makes_replies_longer_and_not_better()
    {
        Assert.True(Length(trained.Lengthy) > Length(trained.Start) + 2, trained.ToString());
        Assert.True(trained.Lengthy.Sampled < trained.Start.Sampled + 0.05, trained.ToString());
    }

    private static double Length(ArmScores arm) => arm.Samples.Average(sample => sample.Length);

    /// <summary>The five models' scores.</summary>
    public sealed class Trained : IDisposable
    {
        private const int Pairs = 384; // 12 steps
        private readonly string _folder = Directory.CreateTempSubdirectory("zephyr-reversed-").FullName;
        private readonly TinyRecipe _recipe;
        private readonly ArmEvaluation _evaluation;

        public Trained()
        {
            foreach (var shipped in (string[])["world", "checkpoints"])
            {
                Directory.CreateSymbolicLink(Path.Combine(_folder, shipped), Path.Combine(GoldenFiles.RepositoryRoot, "data", shipped));
            }

            _recipe = new(_folder);
            _evaluation = new(_recipe, [.. _recipe.Data.Development.Take(100)]);
            RatedPrompt[] rated = [.. _recipe.Data.RatedPrompts.Take(Pairs + 40)]; // a few pairs are one text twice
            PreferencePair[] pairs = [.. _recipe.Data.Pairs.Take(Pairs)];
            Start = _evaluation.Score(_recipe.Sft, TestContext.Current.CancellationToken);
            Judge = Train("the judge's labels", pairs);
            Coins = Train("labels by coin", Reversals.LabelsByCoin(pairs, _recipe.Seed));
            Swapped = Train("swapped", Reversals.Swapped(pairs));
            Lengthy = Train("judge of length", [.. Reversals.JudgedBy(rated, Reversals.Words).Take(Pairs)]);
        }

        public ArmScores Start { get; }

        public ArmScores Judge { get; }

        public ArmScores Coins { get; }

        public ArmScores Swapped { get; }

        public ArmScores Lengthy { get; }

        public void Dispose()
        {
            foreach (var link in (string[])["world", "checkpoints"])
            {
                Directory.Delete(Path.Combine(_folder, link));
            }

            Directory.Delete(_folder, recursive: true);
        }

        public override string ToString() => string.Join("; ", new[] { Start, Judge, Coins, Swapped, Lengthy }.Select(arm => $"{arm.Name}: score {arm.Sampled:0.00}, {Length(arm):0.0} words"));

        private ArmScores Train(string name, IReadOnlyList<PreferencePair> pairs)
        {
            using var policy = _recipe.Sft.Load(cancelled: TestContext.Current.CancellationToken);
            var tokens = _recipe.Tokens.Pairs(pairs);
            var preset = RecipePreset.Tiny.Dpo with { PeakRate = new(4e-4, EvidenceKind.Measured, "this test: few steps, so larger ones") };
            var trainer = new DpoTrainer(policy, ReferenceLogProbs.Compute(policy, tokens), tokens, preset.ToOptions(_recipe.Seed));
            Assert.Equal(Pairs / preset.BatchSize.Value, trainer.Train(TestContext.Current.CancellationToken).Count());
            return _evaluation.Score(name, policy, TestContext.Current.CancellationToken);
        }
    }
}
