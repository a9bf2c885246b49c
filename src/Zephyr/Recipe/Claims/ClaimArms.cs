namespace Zephyr.Recipe.Claims;

/// <summary>
/// Every model that a claim can name, as stages of one seed's recipe. A stage is kept under the hash of what made it,
/// so after a change only what depends on it is trained anew.
/// </summary>
/// <param name="recipe">Whose stages.</param>
public sealed class ClaimArms(TinyRecipe recipe)
{
    private const string Sft = "dSFT", Dpo = "dDPO+dSFT";
    private static readonly Arm[] All = [.. Standard(), .. Reversed(), .. Ablated()];
    private readonly Dictionary<string, Stage> _stages = [];

    /// <summary>The names, in the order in which they are best made.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(arm => arm.Name)];

    /// <summary>The arm that an arm starts from; null for the base model.</summary>
    public static string? StartOf(string name) => Find(name).Start;

    /// <summary>How long an arm trains, roughly: 1 is an epoch of dDPO. For planning only.</summary>
    public static int EffortOf(string name) => Find(name).Effort;

    /// <summary>The stage of an arm; the same object each time.</summary>
    /// <exception cref="ArgumentException">There is no such arm.</exception>
    public Stage Stage(string name)
    {
        if (!_stages.TryGetValue(name, out var stage))
        {
            var arm = Find(name);
            _stages[name] = stage = arm.Make(recipe, arm.Start is null ? null! : Stage(arm.Start), name);
        }

        return stage;
    }

    private static Arm Find(string name) => Array.Find(All, arm => arm.Name == name)
        ?? throw new ArgumentException($"There is no arm \"{name}\". Arms: {string.Join(" | ", Names)}.", nameof(name));

    private static IEnumerable<Arm> Standard()
    {
        yield return new("base", null, 8, (recipe, _, _) => recipe.Base);
        yield return new(Sft, "base", 5, (recipe, _, _) => recipe.Sft);
        yield return new("dDPO-dSFT", "base", 1, (recipe, _, _) => recipe.DpoWithoutSft);
        yield return new("dSFT-2", Sft, 1, (recipe, _, _) => recipe.SecondSft);
        yield return new(Dpo, Sft, 1, (recipe, _, _) => recipe.Dpo);
        yield return new($"{Dpo}, 3 epochs", Sft, 3, (recipe, start, name) => recipe.DpoStage(name, start, Epochs(RecipePreset.Tiny.Dpo, 3)));
    }

    private static IEnumerable<Arm> Reversed()
    {
        yield return OnPairs("labels by coin", recipe => Reversals.LabelsByCoin(recipe.Data.Pairs, recipe.Seed));
        yield return OnPairs("swapped", recipe => Reversals.Swapped(recipe.Data.Pairs));
        yield return OnPairs("judge of length", recipe => Reversals.JudgedBy(recipe.Data.RatedPrompts, Reversals.Words));
        foreach (var times in Reversals.NoiseLevels)
        {
            yield return OnPairs($"noise x {times}", recipe => Reversals.JudgedBy(recipe.Data.RatedPrompts, Reversals.WithNoise(times)));
        }

        yield return new($"{Sft}, weak teacher", "base", 5, (recipe, start, name) =>
            recipe.SftStage(name, start, RecipePreset.Tiny.Sft, () => Reversals.TaughtBy(recipe.Data.World, Reversals.WeakTeacher, recipe.Data.Dialogues, recipe.Seed)));
        yield return new("dSFT-2, weak teacher", $"{Sft}, weak teacher", 1, (recipe, start, name) =>
            recipe.SftStage(name, start, RecipePreset.TinySecondSft, () => Reversals.ChosenReplies(recipe.Data.Pairs)));
    }

    private static IEnumerable<Arm> Ablated()
    {
        foreach (var sft in Enumerable.Range(1, 3).Where(count => count != RecipePreset.Tiny.Sft.Epochs.Value))
        {
            var start = $"{Sft} x {sft}";
            yield return new(start, "base", 2 * sft + 1, (recipe, from, name) => recipe.SftStage(name, from, Epochs(RecipePreset.Tiny.Sft, sft), () => recipe.Data.Dialogues));
            foreach (var dpo in Enumerable.Range(1, 3))
            {
                yield return new($"{start}, dDPO x {dpo}", start, dpo, (recipe, from, name) => recipe.DpoStage(name, from, Epochs(RecipePreset.Tiny.Dpo, dpo)));
            }
        }

        yield return new($"{Dpo}, 2 epochs", Sft, 2, (recipe, start, name) => recipe.DpoStage(name, start, Epochs(RecipePreset.Tiny.Dpo, 2)));
        yield return new($"{Dpo}, beta 0.1", Sft, 1, (recipe, _, _) => recipe.DpoPaperBeta);
        yield return new($"{Dpo}, beta 0.5", Sft, 1, (recipe, start, name) =>
            recipe.DpoStage(name, start, RecipePreset.Tiny.Dpo with { Beta = From.Measured(0.5, "between the other two") }));
        yield return new($"{Sft}, filtered", "base", 5, (recipe, start, name) =>
            recipe.SftStage(name, start, RecipePreset.Tiny.Sft, () => Reversals.Filtered(recipe.Data.Dialogues)));
        yield return new($"{Dpo}, filtered", $"{Sft}, filtered", 1, (recipe, start, name) => recipe.DpoStage(name, start, RecipePreset.Tiny.Dpo));
    }

    private static Arm OnPairs(string what, Func<TinyRecipe, IReadOnlyList<Rows.PreferencePair>> pairs) =>
        new($"{Dpo}, {what}", Sft, 1, (recipe, start, name) => recipe.DpoStage(name, start, RecipePreset.Tiny.Dpo, () => pairs(recipe)));

    private static SftPreset Epochs(SftPreset preset, int count) => preset with { Epochs = From.Measured(count, "this ablation") };

    private static DpoPreset Epochs(DpoPreset preset, int count) => preset with { Epochs = From.Measured(count, "this ablation") };

    private sealed record Arm(string Name, string? Start, int Effort, Func<TinyRecipe, Stage, string, Stage> Make);
}
