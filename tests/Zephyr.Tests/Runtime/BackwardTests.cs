using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Tests.Runtime;

/// <summary>An exception inside a backward pass written in C# would end the process on its way through native frames; it must reach the caller instead.</summary>
public class BackwardTests
{
    [Fact]
    public void A_fault_inside_a_backward_pass_reaches_the_caller_and_is_forgotten()
    {
        using var scope = NewDisposeScope();
        var x = ones(3).requires_grad_();

        var fault = Assert.Throws<InvalidDataException>(() => Backward.Run(Twice.apply(x, true).sum()));

        Assert.Equal("a fault of the backward pass", fault.Message);
        x.grad = null;
        Backward.Run(Twice.apply(x, false).sum());
        Assert.Equal([2f, 2f, 2f], x.grad!.data<float>().ToArray());
    }

    /// <summary>2x, whose backward pass fails where it is told to.</summary>
    private sealed class Twice : autograd.SingleTensorFunction<Twice>
    {
        private const string Fails = "fails";

        public override string Name => nameof(Twice);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data(Fails, vars[1]);
            return (Tensor)vars[0] + (Tensor)vars[0];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var fails = (bool)ctx.get_data(Fails);
            return Backward.Guarded(
                () => fails ? throw new InvalidDataException("a fault of the backward pass") : [grad_output + grad_output, null!],
                () => [zeros_like(grad_output), null!]);
        }
    }
}
