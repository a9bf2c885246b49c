using System.Globalization;
using Zephyr.Data;
using Zephyr.Model;
using Zephyr.TinyWorld;
using Zephyr.Training;

namespace Zephyr.Recipe;

/// <summary>The whole recipe on the embedded world: base, dSFT, dDPO and the arms of the paper's ablation, for one seed.</summary>
public sealed class TinyRecipe
{
    private readonly RunCache _cache;
    private readonly Lazy<IReadOnlyList<TokenizedPair>> _pairs;
    private readonly Lazy<IReadOnlyList<TokenizedPair>> _heldOutPairs;

    /// <summary>The recipe of a seed.</summary>
    /// <param name="folder">The repository's <c>data</c> folder: shipped rows and checkpoints, and below <c>runs</c> what is made here.</param>
    /// <param name="seed">Decides rows, order and the base model's random weights.</param>
    public TinyRecipe(string folder, long seed = WorldData.ShippedSeed)
    {
        (Folder, Seed, Data, _cache) = (folder, seed, new(folder, seed), new(folder));
        _pairs = new(() => Tokens.Pairs(Data.Pairs));
        _heldOutPairs = new(() => Tokens.Pairs(Data.HeldOutPairs));
        Pretraining = new("plain documents", _cache, null, MadePretraining, (run, cancelled) =>
            BeginDocuments("plain documents", Mistral.Random(MistralConfig.Tiny, Seed), RecipePreset.TinyPretraining, Documents.Plain(Seed, pages: true), run, cancelled));
        Base = new("base", _cache, ShippedBase(seed), MadeBase, (run, cancelled) =>
            BeginDocuments("base", Pretraining.Load(null, cancelled), RecipePreset.TinyMidTraining, Documents.Late(Seed), run, cancelled));
        Sft = SftStage("dSFT", Shipped("dsft"), Base, RecipePreset.Tiny.Sft, () => Data.Dialogues);
        SecondSft = SftStage("dSFT-2", null, Sft, RecipePreset.TinySecondSft, ChosenDialogues);
        Dpo = DpoStage("dDPO+dSFT", Sft, RecipePreset.Tiny.Dpo, Shipped("ddpo"));
        DpoPaperBeta = DpoStage("dDPO+dSFT, beta 0.1", Sft, RecipePreset.TinyDpoPaperBeta);
        DpoWithoutSft = DpoStage("dDPO-dSFT", Base, RecipePreset.Tiny.Dpo);
    }

    /// <summary>The <c>data</c> folder.</summary>
    public string Folder { get; }

    /// <summary>The seed.</summary>
    public long Seed { get; }

    /// <summary>Rows and tokenizer.</summary>
    public WorldData Data { get; }

    /// <summary>From rows to token ids.</summary>
    public WorldTokens Tokens => new(Data.Tokenizer);

    /// <summary>What the base model is after its 1,400 steps on plain documents; not shipped.</summary>
    public Stage Pretraining { get; }

    /// <summary>The base model: after 400 more steps on late documents.</summary>
    public Stage Base { get; }

    /// <summary>Step 1: the base model after dSFT on the teacher's dialogues (dSFT-1 of the ablation).</summary>
    public Stage Sft { get; }

    /// <summary>dSFT-2: dSFT once more, on the chosen replies.</summary>
    public Stage SecondSft { get; }

    /// <summary>Step 3: dDPO from dSFT, beta 1, one epoch.</summary>
    public Stage Dpo { get; }

    /// <summary>The same with the paper's beta of 0.1.</summary>
    public Stage DpoPaperBeta { get; }

    /// <summary>dDPO from the base model, without dSFT.</summary>
    public Stage DpoWithoutSft { get; }

    /// <summary>The arms of the ablation, in the order of the paper's Table 3, the base model first.</summary>
    public IReadOnlyList<Stage> Arms => [Base, DpoWithoutSft, Sft, SecondSft, Dpo, DpoPaperBeta];

    /// <summary>The training pairs as tokens; the same list each time, as a reference knows pairs by identity.</summary>
    public IReadOnlyList<TokenizedPair> Pairs => _pairs.Value;

    /// <summary>The held-out pairs as tokens.</summary>
    public IReadOnlyList<TokenizedPair> HeldOutPairs => _heldOutPairs.Value;

    /// <summary>A stage of supervised training with other numbers or dialogues, found again by the hash of them all.</summary>
    /// <param name="name">For progress and tables.</param>
    /// <param name="start">The stage whose model it starts from.</param>
    /// <param name="preset">The numbers.</param>
    /// <param name="dialogues">What it learns from.</param>
    public Stage SftStage(string name, Stage start, SftPreset preset, Func<IReadOnlyList<Rows.Dialogue>> dialogues) => SftStage(name, null, start, preset, dialogues);

    /// <summary>A stage of dDPO with other numbers, found again by the hash of them all.</summary>
    /// <param name="name">For progress and tables.</param>
    /// <param name="start">The stage whose model is both reference and start.</param>
    /// <param name="preset">The numbers.</param>
    public Stage DpoStage(string name, Stage start, DpoPreset preset) => DpoStage(name, start, preset, shipped: null);

    /// <summary>A stage of dDPO on other pairs: what comes out when something about the feedback is changed.</summary>
    /// <param name="name">For progress and tables.</param>
    /// <param name="start">The stage whose model is both reference and start.</param>
    /// <param name="preset">The numbers.</param>
    /// <param name="pairs">What it learns from.</param>
    public Stage DpoStage(string name, Stage start, DpoPreset preset, Func<IReadOnlyList<Rows.PreferencePair>> pairs) =>
        DpoStage(name, start, preset, shipped: null, new(() => Tokens.Pairs(pairs())));

    /// <summary>A trainer for dSFT on rows made beforehand, to be pulled step by step in a notebook.</summary>
    /// <param name="model">Changes as steps are pulled.</param>
    /// <param name="preset">The numbers.</param>
    /// <param name="rows">From <see cref="WorldTokens.Dialogues"/>, which holds all epochs.</param>
    public SftTrainer SftTrainer(Mistral model, SftPreset preset, IReadOnlyList<TokenizedExample> rows)
    {
        ArgumentNullException.ThrowIfNull(preset);
        return new(model, rows, preset.ToOptions(Seed) with { Epochs = 1 });
    }

    /// <summary>A trainer for dDPO, to be pulled step by step in a notebook.</summary>
    /// <param name="policy">Changes as steps are pulled.</param>
    /// <param name="reference">The frozen model; its numbers for all pairs are computed once and kept.</param>
    /// <param name="preset">The numbers.</param>
    public DpoTrainer DpoTrainer(Mistral policy, Mistral reference, DpoPreset preset)
    {
        ArgumentNullException.ThrowIfNull(preset);
        return new(policy, Reference(reference), Pairs, preset.ToOptions(Seed)) { HeldOut = HeldOutPairs };
    }

    /// <summary>The frozen model's log-probabilities of the pairs, else of <see cref="Pairs"/>, and of those held out; kept in <c>data/runs/reference</c>.</summary>
    public ReferenceLogProbs Reference(Mistral model, IReadOnlyList<TokenizedPair>? pairs = null) =>
        ReferenceLogProbs.Compute(model, [.. pairs ?? Pairs, .. HeldOutPairs], Path.Combine(Folder, "runs", "reference"));

    /// <summary>The name below <c>data/checkpoints</c> of a seed's base model: those of the seeds that claims are decided on are shipped too.</summary>
    public static string ShippedBase(long seed) => seed == WorldData.ShippedSeed ? "base" : $"base-{Text(seed)}";

    private string? Shipped(string name) => Seed == WorldData.ShippedSeed ? name : null;

    private IReadOnlyList<Rows.Dialogue> ChosenDialogues() => [.. Data.Pairs.Select(pair => new Rows.Dialogue(pair.PromptId, pair.Chosen))];

    private WorldDocuments Documents => new(Data.World);

    private Dictionary<string, string> MadePretraining() => Made("base", RecipePreset.TinyPretraining, new()
    {
        ["world"] = Text(World.Standard.Seed),
        ["documents"] = Feedback.AnswerCache.KeyOf([.. Documents.Plain(Seed, pages: true).Take(500)]),
        ["config"] = MistralConfig.Tiny.ToJson(),
        ["tokenizer"] = TokenizerHash(),
    });

    /// <summary>By the settings of both parts and not by the first one's weights, so that a shipped base is found without making them.</summary>
    private Dictionary<string, string> MadeBase() => Made("base", RecipePreset.TinyMidTraining, new()
    {
        ["start"] = Pretraining.Key,
        ["documents"] = Feedback.AnswerCache.KeyOf([.. Documents.Late(Seed).Take(500)]),
    });

    private (Mistral Model, IEnumerable<StageStep> Steps) BeginDocuments(
        string name, Mistral model, SftPreset preset, IEnumerable<string> documents, RunFolder run, CancellationToken cancelled)
    {
        var (rows, length) = (preset.Steps.Value!.Value * preset.BatchSize.Value, preset.RowLength.Value);
        var trainer = new SftTrainer(InComputeType(model), Tokens.Documents(documents, rows, length), preset.ToOptions(Seed)) { Run = run };
        return (model, Steps(name, trainer, cancelled));
    }

    private Stage SftStage(string name, string? shipped, Stage start, SftPreset preset, Func<IReadOnlyList<Rows.Dialogue>> dialogues)
    {
        var rows = new Lazy<IReadOnlyList<TokenizedExample>>(() => Tokens.Dialogues(dialogues(), preset, Seed));
        return new(name, _cache, shipped,
            () => Made("sft", preset, new() { ["start"] = WeightsOf(start), ["rows"] = WorldData.HashOf(rows.Value) }),
            (run, cancelled) =>
            {
                var model = InComputeType(start.Load(null, cancelled));
                return (model, Steps(name, new SftTrainer(model, rows.Value, preset.ToOptions(Seed) with { Epochs = 1 }) { Run = run }, cancelled));
            });
    }

    private Stage DpoStage(string name, Stage start, DpoPreset preset, string? shipped) => DpoStage(name, start, preset, shipped, _pairs);

    /// <summary>Held-out pairs are looked at after every epoch, which changes nothing in the weights.</summary>
    private Stage DpoStage(string name, Stage start, DpoPreset preset, string? shipped, Lazy<IReadOnlyList<TokenizedPair>> pairs) => new(name, _cache, shipped,
        () => Made("dpo", preset, new() { ["start"] = WeightsOf(start), ["pairs"] = WorldData.HashOf(pairs.Value) }),
        (run, cancelled) =>
        {
            var policy = InComputeType(start.Load(null, cancelled));
            var options = preset.ToOptions(Seed);
            options = options with { EvaluateEvery = (pairs.Value.Count + options.BatchSize - 1) / options.BatchSize };
            return (policy, Steps(name, new DpoTrainer(policy, Reference(policy, pairs.Value), pairs.Value, options) { HeldOut = HeldOutPairs, Run = run }, cancelled));
        });

    private static IEnumerable<StageStep> Steps(string name, SftTrainer trainer, CancellationToken cancelled)
    {
        trainer.Resume();
        return trainer.Train(cancelled).Select(step => new StageStep(name, step.Step, trainer.Steps, step.Loss, step.Tokens));
    }

    private static IEnumerable<StageStep> Steps(string name, DpoTrainer trainer, CancellationToken cancelled)
    {
        trainer.Resume();
        return trainer.Train(cancelled).Select(step => new StageStep(name, step.Step, trainer.Steps, step.Loss, step.Tokens));
    }

    private Dictionary<string, string> Made(string kind, object preset, Dictionary<string, string> more)
    {
        more["kind"] = kind;
        more["compute"] = "bf16 products, fp32 weights"; // or fp32 products (ProductProbe): the same model but for rounding
        more["seed"] = Text(Seed);
        foreach (var field in RecipePreset.FieldsOf(kind, preset))
        {
            more[field.Name] = field.Value;
        }

        return more;
    }

    /// <summary>Products in bf16 while training, where the machine has them: twice the speed. Weights and their gradients stay fp32.</summary>
    private static Mistral InComputeType(Mistral model)
    {
        model.ComputeType = ProductProbe.TrainingType;
        return model;
    }

    private string TokenizerHash() => Feedback.AnswerCache.KeyOf([.. Data.Tokenizer.Model.Pieces.Select(piece => piece.Text)]);

    private static string WeightsOf(Stage stage) => RunCache.HashOfFile(Path.Combine(stage.FindOrMake().Folder, "model.safetensors"));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
