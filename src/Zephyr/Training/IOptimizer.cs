using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>Moves weights against their gradients.</summary>
public interface IOptimizer
{
    /// <summary>One step with the gradients that the weights hold; a weight without one stays as it is.</summary>
    /// <param name="rate">The learning rate of this step.</param>
    void Step(double rate);

    /// <summary>What the next step depends on besides weights and gradients, by name; a checkpoint keeps it.</summary>
    IReadOnlyDictionary<string, Tensor> State { get; }

    /// <summary>Steps made.</summary>
    int Steps { get; set; }
}
