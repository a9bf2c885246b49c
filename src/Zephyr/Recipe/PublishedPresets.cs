using Zephyr.Feedback;
using Zephyr.Training;

namespace Zephyr.Recipe;

public sealed partial record RecipePreset
{
    private const string Section41 = "section 4.1";
    private const string Section43 = "section 4.3";
    private const string Section44 = "section 4.4";
    private const string Release = "alignment-handbook e4f98e7, recipes/zephyr-7b-beta";
    private const string Later = "alignment-handbook f0ffa0d, recipes/zephyr-7b-beta";
    private const string TrainerDefault = "default of the trainer; nothing says otherwise";

    private static OptimizerOptions PlainAdamW => new();

    /// <summary>What the paper says.</summary>
    public static RecipePreset Paper { get; } = new(
        "Paper",
        "What Tunstall et al. 2023 (arXiv 2310.16944) says.",
        new()
        {
            Epochs = From.Paper(1, $"{Section43}; 1 to 3 were tried"),
            PeakRate = From.Paper(2e-5, Section43),
            Schedule = From.Paper(RateShape.Cosine, Section43),
            WarmupRatio = From.Paper(0.1, Section43),
            BatchSize = From.Paper(512, Section43),
            RowLength = From.Paper(2048, $"{Section43}: packed"),
            Packing = From.Inferred(PackingRule.Trl074, "\"packing\" with TRL, which in October 2023 meant this"),
            Optimizer = From.Paper(PlainAdamW, "section 4: AdamW, no weight decay; betas not given"),
            ClipNorm = From.Unknown<double?>(1, TrainerDefault),
        },
        new()
        {
            PairRule = From.Paper("best mean score against a lower one at random", "section 3, step 2"),
            Pairs = From.Paper(64_000, $"{Section41}: \"64k prompts\""),
            Beta = From.Paper(0.1, Section44),
            Epochs = From.Paper(3, $"{Section44}; 1 to 3 were tried"),
            PeakRate = From.Paper(5e-7, Section44),
            Schedule = From.Paper(RateShape.Linear, Section44),
            WarmupRatio = From.Paper(0.1, Section44),
            BatchSize = From.Paper(32, Section44),
            MaxLength = From.Script(1024, Release),
            MaxPromptLength = From.Script(512, Release),
            Optimizer = From.Paper(PlainAdamW, "section 4: AdamW, no weight decay; betas not given"),
            ClipNorm = From.Unknown<double?>(1, TrainerDefault),
            Binarizer = Binarizer.PaperText,
        });

    /// <summary>What the scripts and the log of the released model show, faults included.</summary>
    public static RecipePreset ReleasedRun { get; } = new(
        "ReleasedRun",
        "What zephyr-7b-beta's card, log, data and first released scripts show.",
        new()
        {
            Epochs = From.Script(1, Release),
            Steps = From.Log<int?>(272, "trainer_state of the SFT model; handbook issue 27"),
            PeakRate = From.Script(2e-5, Release),
            Schedule = From.Script(RateShape.Cosine, Release),
            WarmupRatio = From.Log(0.0, "trainer_state shows none; handbook issue 27"),
            PlannedSteps = From.Inferred<int?>(406, "207,865 dialogues / 512: laid out before packing, so the cosine is cut at 67 %"),
            BatchSize = From.Script(512, $"{Release}: 32 x 2 x 8 devices"),
            RowLength = From.Script(2048, Release),
            Packing = From.Script(PackingRule.Trl074, "TRL 0.7.4, ConstantLengthDataset"),
            Optimizer = From.Unknown(PlainAdamW, TrainerDefault),
            ClipNorm = From.Unknown<double?>(1, TrainerDefault),
        },
        new()
        {
            PairRule = From.Script("best stored overall score against slot 0 or 2", "create_dataset.py of ultrafeedback_binarized: generator seeded anew in every row"),
            Pairs = From.Log(61_966, "all_results.json: train_samples"),
            Beta = From.Log(0.1, "log-probability minus reward / 0.1 is constant over all 58 evaluations"),
            Epochs = From.Card(3, "model card"),
            PeakRate = From.Card(5e-7, "model card"),
            Schedule = From.Card(RateShape.Linear, "model card"),
            WarmupRatio = From.Card(0.1, "model card"),
            BatchSize = From.Card(32, "model card: 2 x 16 devices"),
            MaxLength = From.Script(1024, Release),
            MaxPromptLength = From.Script(512, Release),
            Optimizer = From.Script(new OptimizerOptions { Rule = OptimizerRule.RmsProp }, $"{Release}; the card prints Adam, which is generated text"),
            ClipNorm = From.Unknown<double?>(1, TrainerDefault),
            Binarizer = Binarizer.ReleasedScript,
        });

    /// <summary>The handbook of January 2024: data and schedule mended, other numbers for dDPO.</summary>
    public static RecipePreset Handbook2024 { get; } = new(
        "Handbook2024",
        "The alignment handbook after its fixes of January 2024, which reached the same quality with one epoch.",
        new()
        {
            Epochs = From.Script(1, Later),
            PeakRate = From.Script(2e-5, Later),
            Schedule = From.Script(RateShape.Cosine, Later),
            WarmupRatio = From.Script(0.1, Later),
            BatchSize = From.Script(128, $"{Later}: 16 x 8 devices"),
            RowLength = From.Script(2048, Later),
            Packing = From.Script(PackingRule.Trl074, $"{Later}; TRL 0.7.7 still packed so, with the schedule mended"),
            Optimizer = From.Unknown(PlainAdamW, TrainerDefault),
            ClipNorm = From.Unknown<double?>(1, TrainerDefault),
        },
        new()
        {
            PairRule = From.Script("best stored overall score against any other", "second create_dataset.py: one generator, TruthfulQA left out, scores mended"),
            Pairs = From.Card(61_135, "data set card after the fix"),
            Beta = From.Script(0.01, Later),
            Epochs = From.Script(1, Later),
            PeakRate = From.Script(5e-7, Later),
            Schedule = From.Script(RateShape.Cosine, Later),
            WarmupRatio = From.Script(0.1, Later),
            BatchSize = From.Script(128, $"{Later}: 8 x 2 x 8 devices"),
            MaxLength = From.Script(1024, Later),
            MaxPromptLength = From.Script(512, Later),
            Optimizer = From.Script(PlainAdamW, $"{Later}: adamw_torch"),
            ClipNorm = From.Unknown<double?>(1, TrainerDefault),
            Binarizer = Binarizer.CorrectedScript,
        });
}
