using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>
/// Adam with decoupled weight decay: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← (1 − η λ)w − η (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
/// </summary>
/// <remarks>Source: Loshchilov and Hutter 2019, algorithm 2. Vectors (norms) are not decayed.</remarks>
public sealed class AdamW : IOptimizer
{
    private readonly OptimizerOptions _options;
    private readonly Dictionary<string, Tensor> _state = [];
    private readonly List<(Tensor Weight, Tensor Mean, Tensor Square)> _weights = [];

    /// <summary>An optimizer whose means start at zero.</summary>
    /// <param name="weights">The weights to train, by name.</param>
    /// <param name="options">Betas, epsilon and decay.</param>
    public AdamW(IEnumerable<(string Name, Tensor Weight)> weights, OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        foreach (var (name, weight) in weights)
        {
            var (mean, square) = (zeros_like(weight).DetachFromDisposeScope(), zeros_like(weight).DetachFromDisposeScope());
            _weights.Add((weight, mean, square));
            _state.Add($"mean.{name}", mean);
            _state.Add($"square.{name}", square);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State => _state;

    /// <inheritdoc/>
    public int Steps { get; set; }

    /// <inheritdoc/>
    public void Step(double rate)
    {
        Steps++;
        foreach (var group in _weights.Where(entry => entry.Weight.grad is not null).GroupBy(entry => entry.Weight.dim() > 1))
        {
            using var scope = NewDisposeScope();
            Ops.AdamW(
                new([.. group.Select(entry => entry.Weight)], [.. group.Select(entry => entry.Weight.grad!)], [.. group.Select(entry => entry.Mean)], [.. group.Select(entry => entry.Square)]),
                new(Steps, rate, _options.Beta1, _options.Beta2, _options.Epsilon, group.Key ? _options.WeightDecay : 0));
        }
    }
}
