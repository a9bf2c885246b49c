using Zephyr.Recipe;
using Zephyr.Training;

namespace Zephyr.Tests.Recipe;

public class PresetTests
{
    [Fact]
    public void Every_number_of_every_preset_names_its_source() => Assert.All(RecipePreset.All.SelectMany(preset => preset.Fields()), field =>
        Assert.False(string.IsNullOrWhiteSpace(field.Source), $"{field.Stage} {field.Name}"));

    [Fact]
    public void The_paper_and_the_released_run_disagree_where_it_is_known()
    {
        var differences = RecipePreset.Differences(RecipePreset.Paper, RecipePreset.ReleasedRun).Select(row => $"{row.Stage} {row.Name}").ToArray();

        Assert.Equal(
            ["dDPO Optimizer", "dDPO PairRule", "dDPO Pairs", "dSFT PlannedSteps", "dSFT Steps", "dSFT WarmupRatio"],
            differences.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_papers_options_are_the_papers()
    {
        var (sft, dpo) = (RecipePreset.Paper.Sft.ToOptions(1), RecipePreset.Paper.Dpo.ToOptions(1));

        Assert.Equal((512, 1, 2e-5, RateShape.Cosine), (sft.BatchSize, sft.Epochs, sft.LearningRate.Peak, sft.LearningRate.Shape));
        Assert.Equal((32, 3, 0.1, 5e-7, RateShape.Linear), (dpo.BatchSize, dpo.Epochs, dpo.Beta, dpo.LearningRate.Peak, dpo.LearningRate.Shape));
        Assert.Equal(0, dpo.Optimizer.WeightDecay);
    }

    [Fact]
    public void The_released_cosine_is_cut_at_two_thirds()
    {
        var options = RecipePreset.ReleasedRun.Sft.ToOptions(1);
        // Half a cosine over 406 steps, stopped after 272: 2e-5 x (1 + cos(pi x 271 / 406)) / 2.
        Assert.Equal(2e-5 * (1 + Math.Cos(Math.PI * 271 / 406)) / 2, options.LearningRate.At(272, options.Steps!.Value), 1e-12);
    }
}
