using Zephyr.Training;

namespace Zephyr.Recipe;

public sealed partial record RecipePreset
{
    private const string Search = "chosen on development prompts of seed 1";
    private const string NoPaper = "no counterpart in the paper, which starts from Mistral-7B";

    private static OptimizerOptions QuickAdamW => new() { Beta2 = 0.98 };

    /// <summary>The embedded world: the same recipe at a size that trains in minutes. Replies have about 13 tokens, so beta 1 is the paper's 0.1 per token.</summary>
    public static RecipePreset Tiny { get; } = new(
        "Tiny",
        "The embedded world on two processor cores.",
        new()
        {
            Epochs = From.Measured(2, $"{Search}: form is learned in one, facts need two"),
            PeakRate = From.Measured(1.5e-3, $"{Search}; small models take large rates"),
            Schedule = From.Paper(RateShape.Cosine, Section43),
            WarmupRatio = From.Paper(0.1, Section43),
            BatchSize = From.Measured(8, $"{Search}: more, smaller steps"),
            RowLength = From.Measured(192, "twice the longest dialogue"),
            Packing = From.Inferred(PackingRule.Wrapped, "the released run's without its second end token"),
            Optimizer = From.Measured(QuickAdamW, $"{Search}; a second moment that forgets faster suits short runs"),
            ClipNorm = From.Unknown<double?>(1, TrainerDefault),
        },
        TinyDpo(beta: 1, rate: 1.2e-4, "chosen on development prompts of seeds 1 to 3; at 1.6e-4 the held-out loss rises on three seeds of five only", "0.15 nats a token in the released run, as here"));

    /// <summary>The embedded world with the paper's beta: the best sampled scores, but no over-fitting staircase.</summary>
    public static DpoPreset TinyDpoPaperBeta { get; } = TinyDpo(beta: 0.1, rate: 4e-5, Search, "the paper's");

    /// <summary>How the base model of the embedded world is made: pre-training on plain documents.</summary>
    public static SftPreset TinyPretraining { get; } = new()
    {
        Epochs = From.Measured(1, NoPaper),
        Steps = From.Measured<int?>(1400, $"{NoPaper}; facts known to 200 of 200"),
        PeakRate = From.Measured(2e-3, NoPaper),
        Schedule = From.Measured(RateShape.Cosine, NoPaper),
        WarmupRatio = From.Measured(0.1, NoPaper),
        BatchSize = From.Measured(16, NoPaper),
        RowLength = From.Measured(192, NoPaper),
        Packing = From.Measured(PackingRule.Wrapped, NoPaper),
        Optimizer = From.Measured(new OptimizerOptions { Beta2 = 0.98, WeightDecay = 0.01 }, NoPaper),
        ClipNorm = From.Measured<double?>(1, NoPaper),
    };

    /// <summary>Its second part, on late documents: ends, logs, and more words turned round.</summary>
    public static SftPreset TinyMidTraining { get; } = TinyPretraining with
    {
        Steps = From.Measured<int?>(400, $"{NoPaper}; chosen on development prompts of seeds 1 and 3"),
        PeakRate = From.Measured(1e-3, NoPaper),
    };

    /// <summary>dSFT-2 of the paper's ablation: one more epoch, on the chosen replies, more gently.</summary>
    public static SftPreset TinySecondSft { get; } = Tiny.Sft with
    {
        Epochs = From.Paper(1, "section 5, Table 3"),
        PeakRate = From.Measured(2e-4, $"{Search}; at dSFT's own rate it is worse"),
    };

    private static DpoPreset TinyDpo(double beta, double rate, string searched, string why) => new()
    {
        PairRule = From.Paper("best overall score against another at random", "as the released data, with a draw that is random"),
        Pairs = From.Measured(3000, $"{Search}: half as many, and longer training hurts"),
        Beta = From.Measured(beta, why),
        Epochs = From.Measured(1, "as the paper's Table 3; three for the over-fitting staircase"),
        PeakRate = From.Measured(rate, searched),
        Schedule = From.Paper(RateShape.Linear, Section44),
        WarmupRatio = From.Paper(0.1, Section44),
        BatchSize = From.Paper(32, Section44),
        MaxLength = From.Inferred(192, "no pair is longer"),
        MaxPromptLength = From.Inferred(144, "no prompt is longer"),
        Optimizer = From.Paper(PlainAdamW, "section 4"),
        ClipNorm = From.Unknown<double?>(1, TrainerDefault),
    };
}
