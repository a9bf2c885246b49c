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
        using var scope = NewDisposeScope();
        using var none = no_grad();
        Steps++;
        var meanScale = rate / (1 - Math.Pow(_options.Beta1, Steps));
        var squareRoot = Math.Sqrt(1 - Math.Pow(_options.Beta2, Steps));
        foreach (var (weight, mean, square) in _weights)
        {
            if (weight.grad is not { } gradient)
            {
                continue;
            }

            if (_options.WeightDecay != 0 && weight.dim() > 1)
            {
                weight.mul_(1 - (rate * _options.WeightDecay));
            }

            mean.lerp_(gradient, 1 - _options.Beta1);
            square.mul_(_options.Beta2).addcmul_(gradient, gradient, 1 - _options.Beta2);
            weight.addcdiv_(mean, square.sqrt().div_(squareRoot).add_(_options.Epsilon), -meanScale);
        }
    }
}
