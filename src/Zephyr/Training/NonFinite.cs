using Zephyr.Data;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>Finds where the first NaN or infinity of a step came from, by running its batches again with every layer watched.</summary>
internal static class NonFinite
{
    /// <summary>The error that says where: step, row, token, layer. Call before the weights move; they are still those before the step.</summary>
    /// <param name="step">The step's number.</param>
    /// <param name="model">The model.</param>
    /// <param name="batches">The step's batches, each with the numbers of its rows in the training set.</param>
    /// <param name="loss">The step's loss.</param>
    /// <param name="backward">Fills the step's gradients anew: those at hand were scaled by a norm that is not finite, all of them.</param>
    /// <param name="checkpoint">What to go on from, in words.</param>
    public static NotFiniteNumberException Error(int step, Mistral model, IEnumerable<(SftBatch Batch, int[] Rows)> batches, double loss, Action backward, string checkpoint)
    {
        var where = BadWeights(model)
            ?? batches.Select(part => BadLayer(model, part.Batch, part.Rows)).FirstOrDefault(found => found is not null)
            ?? (double.IsFinite(loss) ? BadGradients(model, backward) : $"Every layer's output is finite, but the loss is {loss}: it overflows by itself.");
        return new($"Step {step} met a number that is not finite. {where} The weights are still those after step {step - 1}. "
            + $"A lower learning rate or other rows may help; {checkpoint}");
    }

    /// <summary>Keeps an update that overflowed from being saved over the last good checkpoint.</summary>
    /// <param name="step">The step whose update it was.</param>
    /// <param name="model">The model after it.</param>
    /// <param name="resumption">What to go on from, in words.</param>
    /// <exception cref="NotFiniteNumberException">A weight is not finite.</exception>
    public static void ThrowIfInWeights(int step, Mistral model, Func<string> resumption)
    {
        if (BadWeights(model) is { } where)
        {
            throw new NotFiniteNumberException($"The update of step {step} met a number that is not finite. {where} Nothing was saved. A lower learning rate may help; {resumption()}");
        }
    }

    private static string? BadWeights(Mistral model)
    {
        using var scope = NewDisposeScope();
        var bad = model.named_parameters().FirstOrDefault(pair => !IsFinite(pair.parameter));
        return bad.name is null ? null : $"It is already in the weights {bad.name}.";
    }

    private static string? BadLayer(Mistral model, SftBatch batch, int[] rows)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        string? found = null;
        Tensor Watch(string layer, Tensor output)
        {
            if (found is null && !IsFinite(output))
            {
                var first = output.isfinite().all(-1).logical_not().nonzero()[0].cpu().data<long>(); // row, time
                var (row, time) = (first[0], first[1]);
                found = $"It first appears in the output of {layer}, row {rows[row % rows.Length]} of the training set, token {time} (id {batch.Ids[row, time].item<long>()}).";
            }

            return output;
        }

        var hooks = model.named_modules().Select(pair => Hook(pair.module, output => Watch(pair.name, output))).ToList();
        try
        {
            Watch("the output head", model.Head(model.Hidden(batch.Ids, batch.Layout)));
        }
        finally
        {
            hooks.ForEach(remove => remove());
        }

        return found;
    }

    private static Action Hook(nn.Module module, Func<Tensor, Tensor> watch) => module switch
    {
        nn.Module<Tensor, Tensor> layer => layer.register_forward_hook((_, _, output) => watch(output)).remove,
        nn.Module<Tensor, BlockContext, Tensor> layer => layer.register_forward_hook((_, _, _, output) => watch(output)).remove,
        _ => Nothing,
    };

    private static void Nothing()
    {
    }

    private static string BadGradients(Mistral model, Action backward)
    {
        using var scope = NewDisposeScope();
        model.zero_grad();
        backward();
        string[] bad = [.. model.named_parameters().Where(pair => pair.parameter.grad is { } gradient && !IsFinite(gradient)).Select(pair => pair.name)];
        return bad.Length > 0
            ? $"Every layer's output is finite, but the gradients of {bad.Length} weights are not, nearest the loss {bad[^1]}."
            : "Run again, every layer and gradient is finite: the gradient's length overflows, or the fault does not repeat.";
    }

    private static bool IsFinite(Tensor values) => values.isfinite().all().item<bool>();
}
