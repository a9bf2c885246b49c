using Zephyr.Losses;
using Zephyr.Runtime;
using Zephyr.Tests.Model;
using static TorchSharp.torch;

namespace Zephyr.Tests.Losses;

/// <summary>Log-probabilities chunk by chunk: against loops in doubles, and against the plain functions on whole logits.</summary>
public class ChunkedLogProbsTests
{
    private const int Tokens = 11, Hidden = 5, Vocab = 7;

    /// <summary>log p by the softmax's definition; its gradient by hand: to the logits g (1[v = y] − p_v), from there to the weight and the hidden states.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(11)]
    [InlineData(100)]
    public void Values_and_gradients_equal_loops_in_doubles(int atOnce)
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets, pull) = Problem(ScalarType.Float64);
        var chunked = ChunkedLogProbs.Of(hidden, x => nn.functional.linear(x, weight), targets, atOnce);
        (chunked.Tokens * pull).sum().backward();
        chunked.Backward();

        var (h, w, y, g) = (hidden.detach().data<double>().ToArray(), weight.detach().data<double>().ToArray(), targets.data<long>().ToArray(), pull.data<double>().ToArray());
        var (values, ofHidden, ofWeight) = (new double[Tokens], new double[Tokens * Hidden], new double[Vocab * Hidden]);
        for (var t = 0; t < Tokens; t++)
        {
            var logits = Enumerable.Range(0, Vocab).Select(v => Enumerable.Range(0, Hidden).Sum(i => h[(t * Hidden) + i] * w[(v * Hidden) + i])).ToArray();
            var norm = Math.Log(logits.Sum(Math.Exp));
            values[t] = logits[y[t]] - norm;
            for (var v = 0; v < Vocab; v++)
            {
                var slope = g[t] * ((v == y[t] ? 1 : 0) - Math.Exp(logits[v] - norm));
                for (var i = 0; i < Hidden; i++)
                {
                    ofHidden[(t * Hidden) + i] += slope * w[(v * Hidden) + i];
                    ofWeight[(v * Hidden) + i] += slope * h[(t * Hidden) + i];
                }
            }
        }

        Close.To(tensor(values), chunked.Tokens.detach(), 1e-13);
        Close.To(tensor(ofHidden), hidden.grad!.reshape(-1), 1e-13);
        Close.To(tensor(ofWeight), weight.grad!.reshape(-1), 1e-13);
    }

    [Fact]
    public void Equals_the_plain_functions_within_single_precision()
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets, pull) = Problem(ScalarType.Float32);
        var (plainHidden, plainWeight) = (hidden.detach().clone().requires_grad_(), weight.detach().clone().requires_grad_());
        var plain = SequenceLogProbs.OfTokens(nn.functional.linear(plainHidden, plainWeight), targets);
        (plain * pull).sum().backward();

        var chunked = ChunkedLogProbs.Of(hidden, x => nn.functional.linear(x, weight), targets, 3);
        (chunked.Tokens * pull).sum().backward();
        chunked.Backward();

        Close.To(plain.detach(), chunked.Tokens.detach(), 1e-6);
        Close.To(plainHidden.grad!, hidden.grad!, 1e-6);
        Close.To(plainWeight.grad!, weight.grad!, 1e-6);
    }

    [Fact]
    public void The_backward_pass_goes_on_through_what_made_the_hidden_states_and_adds_to_gradients()
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets, pull) = Problem(ScalarType.Float64);
        void Once(Func<Tensor, Tensor> logProbs, Action<Tensor> rest)
        {
            var tokens = logProbs(hidden.square());
            (tokens * pull).sum().backward();
            rest(tokens);
        }

        Once(x => SequenceLogProbs.OfTokens(nn.functional.linear(x, weight), targets), _ => { });
        var (expectedHidden, expectedWeight) = (2 * hidden.grad!, 2 * weight.grad!);
        ChunkedLogProbs? chunked = null;
        Once(x => (chunked = ChunkedLogProbs.Of(x, y => nn.functional.linear(y, weight), targets, 4)).Tokens, _ => chunked!.Backward());

        Close.To(expectedHidden, hidden.grad!, 1e-13);
        Close.To(expectedWeight, weight.grad!, 1e-13);
    }

    [Fact]
    public void An_exception_in_the_backward_pass_arrives_as_an_exception()
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets, _) = Problem(ScalarType.Float64);
        var calls = 0;
        var chunked = ChunkedLogProbs.Of(hidden, x => ++calls <= 3 ? nn.functional.linear(x, weight) : throw new TimeoutException("head"), targets, 4);
        Assert.Throws<InvalidOperationException>(chunked.Backward);
        chunked.Tokens.sum().backward();

        Assert.Throws<TimeoutException>(chunked.Backward);
    }

    [Fact]
    public void Without_gradients_no_graph_is_kept_and_shapes_that_disagree_are_refused()
    {
        using var scope = NewDisposeScope();
        var (hidden, weight, targets, _) = Problem(ScalarType.Float64);
        using (no_grad())
        {
            Assert.False(ChunkedLogProbs.Of(hidden, x => nn.functional.linear(x, weight), targets, 4).Tokens.requires_grad);
        }

        var error = Assert.Throws<ArgumentException>(() => ChunkedLogProbs.Of(hidden, x => x, targets.narrow(0, 0, 3), 4));
        Assert.Contains("[11, 5]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkedLogProbs.Of(hidden, x => x, targets, 0));
    }

    private static (Tensor Hidden, Tensor Weight, Tensor Targets, Tensor Pull) Problem(ScalarType type) =>
        (SelfCheck.Ramp([Tokens, Hidden], 0).to(type).requires_grad_(), SelfCheck.Ramp([Vocab, Hidden], 1).to(type).requires_grad_(),
            arange(Tokens, ScalarType.Int64).remainder(Vocab), SelfCheck.Ramp([Tokens], 2).to(type));
}
