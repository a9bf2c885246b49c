using Zephyr.Feedback;
using Zephyr.Training;

namespace Zephyr.Recipe;

/// <summary>The numbers of direct preference optimisation, each with its evidence.</summary>
public sealed record DpoPreset
{
    /// <summary>Which reply wins and which loses.</summary>
    public required Sourced<string> PairRule { get; init; }

    /// <summary>How many pairs.</summary>
    public required Sourced<int> Pairs { get; init; }

    /// <summary>How strongly to stay near the dSFT model.</summary>
    public required Sourced<double> Beta { get; init; }

    /// <summary>Times through the pairs.</summary>
    public required Sourced<int> Epochs { get; init; }

    /// <summary>Highest learning rate.</summary>
    public required Sourced<double> PeakRate { get; init; }

    /// <summary>How the rate falls.</summary>
    public required Sourced<RateShape> Schedule { get; init; }

    /// <summary>Share of the steps in which the rate rises.</summary>
    public required Sourced<double> WarmupRatio { get; init; }

    /// <summary>Pairs an optimizer step, over all devices.</summary>
    public required Sourced<int> BatchSize { get; init; }

    /// <summary>Longest prompt with reply, in tokens.</summary>
    public required Sourced<int> MaxLength { get; init; }

    /// <summary>Longest prompt, in tokens.</summary>
    public required Sourced<int> MaxPromptLength { get; init; }

    /// <summary>The optimizer.</summary>
    public required Sourced<OptimizerOptions> Optimizer { get; init; }

    /// <summary>Largest gradient norm.</summary>
    public required Sourced<double?> ClipNorm { get; init; }

    /// <summary>The rule named by <see cref="PairRule"/>; null where it is the world's own (<c>WorldRows.Pairs</c>).</summary>
    public Binarizer? Binarizer { get; init; }

    /// <summary>The trainer's options for these numbers. Pairs must be cut to <see cref="MaxLength"/> before.</summary>
    /// <param name="seed">Order of the pairs.</param>
    public DpoOptions ToOptions(long seed) => new()
    {
        LearningRate = new() { Peak = PeakRate.Value, Shape = Schedule.Value, WarmupRatio = WarmupRatio.Value },
        BatchSize = BatchSize.Value,
        Beta = Beta.Value,
        Epochs = Epochs.Value,
        Optimizer = Optimizer.Value,
        ClipNorm = ClipNorm.Value,
        Seed = seed,
        TokenMetrics = false,
    };
}
