using Zephyr.Model;

namespace Zephyr.Training;

internal static class Optimizers
{
    /// <summary>The optimizer of a run, over the weights that are to be trained.</summary>
    public static IOptimizer Of(Mistral model, OptimizerOptions options)
    {
        var weights = model.named_parameters().Where(pair => pair.parameter.requires_grad).Select(pair => (pair.name, (TorchSharp.torch.Tensor)pair.parameter));
        return options.Rule switch
        {
            OptimizerRule.AdamW => new AdamW(weights, options),
            OptimizerRule.RmsProp => new RmsProp(weights, options),
            _ => throw new ArgumentException($"{options.Rule} is no known optimizer.", nameof(options)),
        };
    }
}
