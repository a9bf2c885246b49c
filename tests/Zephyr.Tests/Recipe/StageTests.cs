using Zephyr.Recipe;

namespace Zephyr.Tests.Recipe;

public sealed class StageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("zephyr-stages-").FullName;

    public StageTests()
    {
        foreach (var shipped in (string[])["world", "checkpoints"])
        {
            Directory.CreateSymbolicLink(Path.Combine(_folder, shipped), Path.Combine(GoldenFiles.RepositoryRoot, "data", shipped));
        }
    }

    private string Runs => Path.Combine(_folder, "runs");

    public void Dispose()
    {
        foreach (var link in (string[])["world", "checkpoints"])
        {
            Directory.Delete(Path.Combine(_folder, link));
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_made_model_is_found_again_and_a_changed_number_is_another_model()
    {
        var stage = Short(peak: 1e-3);
        Assert.Null(stage.Found);
        Assert.Equal(Origin.MadeNow, stage.FindOrMake(cancelled: TestContext.Current.CancellationToken).Origin);
        Assert.Equal(Origin.RunCache, Short(peak: 1e-3).Found?.Origin);
        Assert.Null(Short(peak: 2e-3).Found);
        Assert.True(RunCache.Read(stage.Found!.Value.Folder)!.Steps > 3);
    }

    [Fact]
    public void A_stage_that_ended_after_its_last_step_and_before_its_product_is_finished()
    {
        var made = Short(peak: 1e-3).FindOrMake(cancelled: TestContext.Current.CancellationToken).Folder;
        var (manifest, weights) = (RunCache.Read(made)!, Hash(made));
        Directory.Delete(made, recursive: true);

        made = Short(peak: 1e-3).FindOrMake(cancelled: TestContext.Current.CancellationToken).Folder;

        Assert.Equal(weights, Hash(made));
        Assert.Equal((manifest.Steps, manifest.Tokens, manifest.FinalLoss), (RunCache.Read(made)!.Steps, RunCache.Read(made)!.Tokens, RunCache.Read(made)!.FinalLoss));
    }

    [Fact]
    public void A_stopped_stage_goes_on_to_the_same_weights()
    {
        var whole = Hash(Short(peak: 1e-3).FindOrMake(cancelled: TestContext.Current.CancellationToken).Folder);
        Directory.Delete(Runs, recursive: true);

        using var stop = new CancellationTokenSource();
        var steps = new List<int>();
        Assert.Throws<OperationCanceledException>(() => Short(peak: 1e-3).FindOrMake(
            step =>
            {
                steps.Add(step.Step);
                if (step.Step == 3)
                {
                    stop.Cancel();
                }
            },
            stop.Token));
        var resumed = Short(peak: 1e-3).FindOrMake(step => steps.Add(step.Step), TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(1, RunCache.Read(resumed.Folder)!.Steps), steps);
        Assert.Equal(whole, Hash(resumed.Folder));
    }

    [Fact]
    public void A_preference_stage_starts_at_log_2_and_ends_with_a_model()
    {
        var recipe = new TinyRecipe(_folder);
        var losses = new List<double>();
        var preset = RecipePreset.Tiny.Dpo;
        using var policy = recipe.Sft.Load(cancelled: TestContext.Current.CancellationToken);
        var pairs = recipe.Pairs.Take(32).ToArray();
        var reference = Zephyr.Training.ReferenceLogProbs.Compute(policy, pairs);
        var trainer = new Zephyr.Training.DpoTrainer(policy, reference, pairs, preset.ToOptions(1) with { Steps = 3 });
        losses.AddRange(trainer.Train(TestContext.Current.CancellationToken).Select(step => step.Loss));

        Assert.Equal(Math.Log(2), losses[0], 0.02);
        Assert.True(losses[^1] < losses[0]);
    }

    private Stage Short(double peak)
    {
        var recipe = new TinyRecipe(_folder);
        var preset = RecipePreset.TinySecondSft with
        {
            PeakRate = new(peak, EvidenceKind.Measured, "this test"),
            BatchSize = new(4, EvidenceKind.Measured, "this test"),
        };
        return recipe.SftStage("short", recipe.Base, preset, () => [.. recipe.Data.Dialogues.Take(84)]);
    }

    private static string Hash(string folder) => RunCache.HashOfFile(Path.Combine(folder, "model.safetensors"));
}
