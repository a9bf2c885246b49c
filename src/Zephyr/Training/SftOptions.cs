namespace Zephyr.Training;

/// <summary>Numbers of a supervised fine-tuning run.</summary>
public sealed record SftOptions
{
    /// <summary>The rate of every step. The paper: cosine, peak 2e-5, 10 % warm-up.</summary>
    public required LearningRate LearningRate { get; init; }

    /// <summary>Rows a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Batches whose gradients are summed before the weights move. The loss is the mean over all their tokens, however they are split.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Times through the rows; the paper's final model: 1. Not used where <see cref="Steps"/> is given.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Optimizer steps; null is what <see cref="Epochs"/> make.</summary>
    public int? Steps { get; init; }

    /// <summary>The optimizer. The paper: AdamW, no weight decay.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>Gradients longer than this are shortened to it; null leaves them. The reference trainers' default: 1.</summary>
    public double? ClipNorm { get; init; } = 1;

    /// <summary>Order of the rows: a fresh shuffle every epoch from this seed; null keeps the order given.</summary>
    public long? Seed { get; init; } = 42;

    /// <summary>The id that fills short rows. Never a target.</summary>
    public int PadId { get; init; }

    /// <summary>Steps between evaluations on the held-out rows, and one after the last step; null is only that one.</summary>
    public int? EvaluateEvery { get; init; }

    /// <summary>Also report entropy and accuracy of the predictions; costs one more pass over the logits.</summary>
    public bool TokenMetrics { get; init; } = true;
}
