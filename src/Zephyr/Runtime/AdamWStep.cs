namespace Zephyr.Runtime;

/// <summary>The numbers of one AdamW step.</summary>
/// <param name="Number">Number of the step, from 1: the running means start at 0, and are freed of that by it.</param>
/// <param name="Rate">Learning rate of this step.</param>
/// <param name="Beta1">How much of the gradient's running mean is kept.</param>
/// <param name="Beta2">How much of the squared gradient's running mean is kept.</param>
/// <param name="Epsilon">Added to the root of the variance.</param>
/// <param name="WeightDecay">Share of a weight, times the rate, that is taken off before the step.</param>
/// <remarks>Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2.</remarks>
public sealed record AdamWStep(long Number, double Rate, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0);

/// <summary>What AdamW moves, one entry a weight in each list.</summary>
/// <param name="Weights">The weights; moved in place.</param>
/// <param name="Gradients">Their gradients.</param>
/// <param name="Means">Running means of the gradients, zero before the first step; moved in place.</param>
/// <param name="Squares">Running means of the squared gradients, likewise.</param>
public sealed record AdamWTensors(
    IReadOnlyList<TorchSharp.torch.Tensor> Weights,
    IReadOnlyList<TorchSharp.torch.Tensor> Gradients,
    IReadOnlyList<TorchSharp.torch.Tensor> Means,
    IReadOnlyList<TorchSharp.torch.Tensor> Squares);
