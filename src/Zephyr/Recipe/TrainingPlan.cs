using Zephyr.Model;
using Zephyr.Training;

namespace Zephyr.Recipe;

/// <summary>How the weights of a plan lie in memory.</summary>
public enum WeightForm
{
    /// <summary>fp32, products in fp32.</summary>
    Plain,

    /// <summary>fp32 masters, cast to bf16 for each product.</summary>
    Masters,

    /// <summary>bf16.</summary>
    Half,

    /// <summary>Linear layers of the blocks in NF4 with double quantisation, embedding, head and norms in bf16.</summary>
    Nf4,
}

/// <summary>A training run, as far as memory and time follow from it.</summary>
public sealed record TrainingPlan
{
    /// <summary>What to call it.</summary>
    public required string Name { get; init; }

    /// <summary>The model's sizes.</summary>
    public required MistralConfig Model { get; init; }

    /// <summary>How its weights lie in memory.</summary>
    public required WeightForm Weights { get; init; }

    /// <summary>Rows in memory at a time; a preference pair counts as two.</summary>
    public required int Rows { get; init; }

    /// <summary>Tokens a row.</summary>
    public required int RowLength { get; init; }

    /// <summary>Rows of the whole run, over all epochs.</summary>
    public required long TotalRows { get; init; }

    /// <summary>Rows an optimizer step: <see cref="Rows"/> times the accumulation.</summary>
    public required int RowsAStep { get; init; }

    /// <summary>Rank of the adapters on all linear layers of the blocks, in fp32; null trains all weights.</summary>
    public int? AdapterRank { get; init; }

    /// <summary>The optimizer's rule: AdamW keeps two numbers a trained weight, RMSprop one.</summary>
    public OptimizerRule Optimizer { get; init; } = OptimizerRule.AdamW;

    /// <summary>Whether blocks are run again, and how many logits exist at a time.</summary>
    public MemoryOptions Memory { get; init; } = new();

    /// <summary>Whether a second, frozen model of the same form is held as the reference; adapters switched off, or numbers computed before, need none.</summary>
    public bool HoldsReference { get; init; }

    /// <summary>Checkpoints kept, and one more while it is written.</summary>
    public int Checkpoints { get; init; } = 2;

    /// <summary>Why the next smaller card cannot, in words; null where the plan is of no card.</summary>
    public string? WhyNotSmaller { get; init; }

    /// <summary>24 GB: QLoRA.</summary>
    public static TrainingPlan Qlora24 { get; } = Zephyr7B("Mistral-7B, QLoRA on 24 GB", WeightForm.Nf4, rows: 8) with
    {
        AdapterRank = 16,
        Memory = new() { RecomputeBlocks = true },
        WhyNotSmaller = "A 12 GB card holds the weights in NF4 (4.1 GB) with adapters and their optimizer (0.7 GB), but eight rows of 2,048 tokens need 9 GB more: four would just fit. "
            + "In bf16 the weights alone are 14.5 GB.",
    };

    /// <summary>80 GB: LoRA on bf16 weights, nothing run again.</summary>
    public static TrainingPlan Lora80 { get; } = Zephyr7B("Mistral-7B, LoRA on 80 GB", WeightForm.Half, rows: 4) with
    {
        AdapterRank = 64,
        WhyNotSmaller = "The bf16 weights (14.5 GB) fit on 24 GB, but the activations of four rows of 2,048 tokens do not (45 GB): there, blocks must be run again, a third more time, or the rows be fewer.",
    };

    /// <summary>141 GB: all weights, fp32 masters.</summary>
    public static TrainingPlan Full141 { get; } = Zephyr7B("Mistral-7B, all weights on 141 GB", WeightForm.Masters, rows: 4) with
    {
        Memory = new() { RecomputeBlocks = true },
        WhyNotSmaller = "fp32 masters, their gradients and AdamW's two means are 4 x 29.0 = 115.9 GB before the first token; 80 GB would hold them only with bf16 masters, which lose small updates.",
    };

    /// <summary>The three plans of the 7B shape, smallest card first, each with the card it is for.</summary>
    public static IReadOnlyList<(int Gigabytes, TrainingPlan Plan, Machine Card)> ByCard { get; } =
        [(24, Qlora24, Machine.Card24), (80, Lora80, Machine.Card80), (141, Full141, Machine.Card141)];

    /// <summary>dSFT of the paper's size: UltraChat packed into 139,520 rows of 2,048 tokens, 512 a step.</summary>
    private static TrainingPlan Zephyr7B(string name, WeightForm weights, int rows) => new()
    {
        Name = name,
        Model = MistralConfig.Mistral7B,
        Weights = weights,
        Rows = rows,
        RowLength = 2048,
        TotalRows = 139_520,
        RowsAStep = 512,
    };
}
