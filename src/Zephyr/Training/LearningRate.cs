using System.Text.Json.Serialization;

namespace Zephyr.Training;

/// <summary>How the learning rate falls after the warm-up.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RateShape>))]
public enum RateShape
{
    /// <summary>Half a cosine from the peak to zero.</summary>
    Cosine,

    /// <summary>A straight line from the peak to zero.</summary>
    Linear,

    /// <summary>The peak throughout.</summary>
    Constant,

    /// <summary>Peak · √(warm-up / step): falls for ever, knows no end.</summary>
    InverseSquareRoot,
}

/// <summary>The learning rate of every step: a pure function of its number.</summary>
/// <remarks>
/// As the reference trainers count: step 1 of a warm-up has rate 0, so weights first move in step 2; the rate would reach zero one step after the last.
/// </remarks>
public sealed record LearningRate
{
    /// <summary>The highest rate, reached when the warm-up ends.</summary>
    public required double Peak { get; init; }

    /// <summary>How the rate falls after the warm-up.</summary>
    public required RateShape Shape { get; init; }

    /// <summary>Steps of straight rise from zero; null takes <see cref="WarmupRatio"/>.</summary>
    public int? WarmupSteps { get; init; }

    /// <summary>Share of all steps that rise, rounded up; used where <see cref="WarmupSteps"/> is null. The paper: 0.1.</summary>
    public double WarmupRatio { get; init; }

    /// <summary>The rate at the end of a cosine, as a share of the peak.</summary>
    public double FinalShare { get; init; }

    /// <summary>
    /// Steps that the schedule is laid out for, where that is not the number of steps made. The released dSFT run planned 406 and made 272, so its cosine
    /// was cut at 67 %.
    /// </summary>
    public int? PlannedSteps { get; init; }

    /// <summary>The rate used in a step.</summary>
    /// <param name="step">The step's number, from 1.</param>
    /// <param name="steps">How many steps the training has.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1, or there are no steps.</exception>
    public double At(int step, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);

        var planned = PlannedSteps ?? steps;
        var warmup = Warmup(planned);
        var done = step - 1; // steps made before this one
        return done < warmup ? Peak * ((double)done / warmup) : Peak * ShareAfterWarmup(done, warmup, planned);
    }

    /// <summary>How many steps rise when the training has <paramref name="steps"/>.</summary>
    public int Warmup(int steps) => WarmupSteps ?? (int)Math.Ceiling(steps * WarmupRatio);

    private double ShareAfterWarmup(int done, int warmup, int planned)
    {
        var progress = (double)(done - warmup) / Math.Max(1, planned - warmup);
        return Shape switch
        {
            RateShape.Cosine => Math.Max(0, (0.5 * (1 + Math.Cos(Math.PI * progress)) * (1 - FinalShare)) + FinalShare),
            RateShape.Linear => Math.Max(0, (double)(planned - done) / Math.Max(1, planned - warmup)),
            RateShape.Constant => 1,
            RateShape.InverseSquareRoot => InverseSquareRootShare(done, warmup),
            _ => throw new InvalidOperationException($"{Shape} is no known shape of a learning rate."),
        };
    }

    // Without a warm-up the curve starts as if 10,000 steps of it lay behind.
    private static double InverseSquareRootShare(int done, int warmup)
    {
        var scale = warmup > 0 ? warmup : 10_000;
        return 1 / Math.Sqrt((double)(done + scale - warmup) / scale);
    }
}
