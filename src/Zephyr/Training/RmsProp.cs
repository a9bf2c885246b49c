using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>RMSprop without momentum: v ← αv + (1 − α)g², w ← w − η g / (√v + ε).</summary>
/// <remarks>Source: T. Tieleman and G. Hinton 2012, lecture 6.5; the optimizer of the original DPO code and of the released recipe.</remarks>
public sealed class RmsProp : IOptimizer
{
    private readonly OptimizerOptions _options;
    private readonly Dictionary<string, Tensor> _state = [];
    private readonly List<(Tensor Weight, Tensor Square)> _weights = [];

    /// <summary>An optimizer whose mean squares start at zero.</summary>
    /// <param name="weights">The weights to train, by name.</param>
    /// <param name="options">Alpha and epsilon.</param>
    /// <exception cref="ArgumentException">A weight decay is asked for: this rule has none.</exception>
    public RmsProp(IEnumerable<(string Name, Tensor Weight)> weights, OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(options);
        if (options.WeightDecay != 0)
        {
            throw new ArgumentException($"RMSprop has no decoupled decay, but WeightDecay is {options.WeightDecay}: set it to 0, or take AdamW.", nameof(options));
        }

        _options = options;
        foreach (var (name, weight) in weights)
        {
            var square = zeros_like(weight).DetachFromDisposeScope();
            _weights.Add((weight, square));
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
        foreach (var (weight, square) in _weights)
        {
            if (weight.grad is { } gradient)
            {
                square.mul_(Scalars.Of(_options.Alpha)).addcmul_(gradient, gradient, Scalars.Of(1 - _options.Alpha));
                weight.addcdiv_(gradient, square.sqrt().add_(Scalars.Of(_options.Epsilon), Scalars.Of(1)), Scalars.Of(-rate));
            }
        }
    }
}
