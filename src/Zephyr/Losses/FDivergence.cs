using System.Text.Json.Serialization;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Losses;

/// <summary>A family of divergences D_f(π ‖ π_ref).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DivergenceKind>))]
public enum DivergenceKind
{
    /// <summary>KL(π ‖ π_ref), the paper's: f'(t) = log t up to a constant.</summary>
    ReverseKl,

    /// <summary>KL(π_ref ‖ π): f'(t) = 1 − 1/t.</summary>
    ForwardKl,

    /// <summary>Jensen-Shannon: f'(t) = log(2t/(1 + t)).</summary>
    JensenShannon,

    /// <summary>α-divergence: f'(t) = (t^(α − 1) − 1)/(α − 1).</summary>
    Alpha,
}

/// <summary>What keeps the policy near the reference: DPO's log-ratio log(π/π_ref) becomes f'(π/π_ref).</summary>
/// <param name="Kind">The family.</param>
/// <param name="Alpha">α of <see cref="DivergenceKind.Alpha"/>: 0 is forward KL, 1 reverse KL. No other kind reads it.</param>
/// <remarks>Source: Wang et al. 2023, "Beyond reverse KL", table 1; the form of f' and α's default are TRL's. Without its constant the score is the log-ratio for reverse KL.</remarks>
public sealed record FDivergence(DivergenceKind Kind, double Alpha = 0.5)
{
    /// <summary>KL(π ‖ π_ref): the score is the log-ratio itself.</summary>
    public static FDivergence ReverseKl { get; } = new(DivergenceKind.ReverseKl);

    /// <summary>KL(π_ref ‖ π).</summary>
    public static FDivergence ForwardKl { get; } = new(DivergenceKind.ForwardKl);

    /// <summary>Jensen-Shannon.</summary>
    public static FDivergence JensenShannon { get; } = new(DivergenceKind.JensenShannon);

    /// <summary>f'(exp r).</summary>
    /// <param name="logRatio">r = log π − log π_ref of whole responses, nats, any shape.</param>
    /// <returns>The score, shape and type of <paramref name="logRatio"/>; 0 where r is 0. Exponents are held to what the type can hold: 80, in double 700.</returns>
    public Tensor Score(Tensor logRatio)
    {
        ArgumentNullException.ThrowIfNull(logRatio);
        return Kind switch
        {
            DivergenceKind.ReverseKl => logRatio,
            DivergenceKind.ForwardKl => Power(logRatio, -1),
            DivergenceKind.JensenShannon => nn.functional.logsigmoid(logRatio).Plus(Math.Log(2)),
            DivergenceKind.Alpha when Math.Abs(Alpha - 1) < 1e-6 => logRatio,
            DivergenceKind.Alpha => Power(logRatio, Alpha - 1),
            _ => throw new InvalidOperationException($"{Kind} is no known divergence."),
        };
    }

    /// <summary>(t^p − 1)/p with t = exp r.</summary>
    private static Tensor Power(Tensor logRatio, double p) =>
        logRatio.Times(p).clamp(max: Scalars.Of(logRatio.dtype == ScalarType.Float64 ? 700.0 : 80.0)).expm1().Over(p);
}
