using Zephyr.Training;

namespace Zephyr.Recipe;

/// <summary>How dialogues become rows.</summary>
public enum PackingRule
{
    /// <summary>A row a dialogue.</summary>
    None,

    /// <summary>One stream, cut into rows wherever that falls (<c>Packing.Wrapped</c>).</summary>
    Wrapped,

    /// <summary>As TRL 0.7.4 packed: an end token more after each dialogue, short tails dropped (<c>Packing.Trl074</c>).</summary>
    Trl074,

    /// <summary>Whole dialogues, fullest rows first, borders kept (<c>Packing.BestFitDecreasing</c>).</summary>
    BestFitDecreasing,
}

/// <summary>The numbers of supervised training, each with its evidence.</summary>
public sealed record SftPreset
{
    /// <summary>Times through the dialogues.</summary>
    public required Sourced<int> Epochs { get; init; }

    /// <summary>Optimizer steps where they are given and not the epochs; null elsewhere.</summary>
    public Sourced<int?> Steps { get; init; } = From.Unknown<int?>(null, "follows from epochs");

    /// <summary>Highest learning rate.</summary>
    public required Sourced<double> PeakRate { get; init; }

    /// <summary>How the rate falls.</summary>
    public required Sourced<RateShape> Schedule { get; init; }

    /// <summary>Share of the steps in which the rate rises.</summary>
    public required Sourced<double> WarmupRatio { get; init; }

    /// <summary>Steps that the schedule was laid out for, where that is not the number made.</summary>
    public Sourced<int?> PlannedSteps { get; init; } = From.Unknown<int?>(null, "as many as are made");

    /// <summary>Rows an optimizer step, over all devices.</summary>
    public required Sourced<int> BatchSize { get; init; }

    /// <summary>Tokens a row.</summary>
    public required Sourced<int> RowLength { get; init; }

    /// <summary>How dialogues become rows.</summary>
    public required Sourced<PackingRule> Packing { get; init; }

    /// <summary>The optimizer.</summary>
    public required Sourced<OptimizerOptions> Optimizer { get; init; }

    /// <summary>Largest gradient norm.</summary>
    public required Sourced<double?> ClipNorm { get; init; }

    /// <summary>The trainer's options for these numbers. Rows must be packed to <see cref="RowLength"/> before.</summary>
    /// <param name="seed">Order of the rows.</param>
    public SftOptions ToOptions(long seed) => new()
    {
        LearningRate = new() { Peak = PeakRate.Value, Shape = Schedule.Value, WarmupRatio = WarmupRatio.Value, PlannedSteps = PlannedSteps.Value },
        BatchSize = BatchSize.Value,
        Epochs = Epochs.Value,
        Steps = Steps.Value,
        Optimizer = Optimizer.Value,
        ClipNorm = ClipNorm.Value,
        Seed = seed,
        TokenMetrics = false,
    };
}
