using TorchSharp;
using Zephyr.Losses;
using static TorchSharp.torch;

namespace Zephyr.Tests.Losses;

/// <summary>Log-probabilities of responses against loops over plain doubles.</summary>
public class SequenceLogProbsTests
{
    private static readonly long[,] Labels = { { -100, -100, 3, 1, 4, -100 }, { -100, 0, 2, -100, 2, 5 }, { 1, -100, -100, -100, -100, -100 } };

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void Sum_equals_a_loop_in_double(double scale)
    {
        var logits = Logits(scale);

        var sums = SequenceLogProbs.Of(logits, tensor(Labels));

        for (var row = 0; row < 3; row++)
        {
            Assert.Equal(Loop(logits, row).Sum(), sums[row].ToDouble(), tolerance: 1e-10 * scale);
        }
    }

    [Fact]
    public void First_label_of_a_row_is_never_a_target()
    {
        Assert.Equal(0, SequenceLogProbs.Of(Logits(1), tensor(Labels))[2].ToDouble()); // its only label stands at position 0
    }

    [Fact]
    public void Picked_positions_give_the_same_sums_as_whole_rows()
    {
        var logits = Logits(3);
        var (positions, targets, rows) = (new List<long>(), new List<long>(), new List<long>());
        for (var row = 0; row < 3; row++)
        {
            for (var t = 1; t < 6; t++)
            {
                if (Labels[row, t] >= 0)
                {
                    positions.Add((row * 6) + t - 1);
                    targets.Add(Labels[row, t]);
                    rows.Add(row);
                }
            }
        }

        var tokens = SequenceLogProbs.OfTokens(logits.view(18, 7).index_select(0, tensor(positions.ToArray())), tensor(targets.ToArray()));
        var sums = SequenceLogProbs.Sum(tokens, tensor(rows.ToArray()), 3);

        Assert.Equal(SequenceLogProbs.Of(logits, tensor(Labels)).data<double>().ToArray(), sums.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(SftLoss.Compute(logits, tensor(Labels)).ToDouble(), SftLoss.Compute(tokens).ToDouble(), tolerance: 1e-12);
    }

    [Fact]
    public void Loss_is_the_mean_over_learned_tokens_and_not_over_rows()
    {
        var logits = Logits(2);
        var tokens = Enumerable.Range(0, 3).SelectMany(row => Loop(logits, row)).ToArray();

        Assert.Equal(7, tokens.Length);
        Assert.Equal(-tokens.Average(), SftLoss.Compute(logits, tensor(Labels)).ToDouble(), tolerance: 1e-12);
    }

    [Fact]
    public void Gradient_of_the_mean_equals_finite_differences()
    {
        var logits = Logits(2).requires_grad_();
        SftLoss.Compute(logits, tensor(Labels)).backward();
        var gradient = logits.grad!.data<double>().ToArray();
        var values = logits.detach().data<double>().ToArray();

        const double Small = 1e-6;
        for (var i = 0; i < values.Length; i += 5)
        {
            double At(double by)
            {
                var moved = (double[])values.Clone();
                moved[i] += by;
                return SftLoss.Compute(tensor(moved, [3, 6, 7]), tensor(Labels)).ToDouble();
            }

            Assert.Equal((At(Small) - At(-Small)) / (2 * Small), gradient[i], tolerance: 1e-8);
        }
    }

    [Fact]
    public void Parts_of_a_step_add_up_when_each_is_given_the_whole_count()
    {
        var tokens = tensor(new double[] { -1, -2, -3, -4, -5 });

        var parts = SftLoss.Compute(tokens.narrow(0, 0, 2), 5) + SftLoss.Compute(tokens.narrow(0, 2, 3), 5);

        Assert.Equal(3, parts.ToDouble(), tolerance: 1e-12);
    }

    [Fact]
    public void Bf16_scores_are_summed_in_single_precision()
    {
        var rounded = Logits(1).to(ScalarType.BFloat16);

        var sums = SequenceLogProbs.Of(rounded, tensor(Labels));

        Assert.Equal(ScalarType.Float32, sums.dtype);
        Assert.Equal(Loop(rounded.to(ScalarType.Float64), 0).Sum(), sums[0].ToDouble(), tolerance: 1e-5);
    }

    [Fact]
    public void Rows_that_disagree_are_refused_with_both_shapes()
    {
        var error = Assert.Throws<ArgumentException>(() => SequenceLogProbs.Of(zeros(2, 6, 7), tensor(Labels)));

        Assert.Contains("[2, 6, 7]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[3, 6]", error.Message, StringComparison.Ordinal);
    }

    /// <summary>log p of each learned token after the first, by the definition of the softmax.</summary>
    private static List<double> Loop(Tensor logits, int row)
    {
        var found = new List<double>();
        for (var t = 1; t < 6; t++)
        {
            if (Labels[row, t] >= 0)
            {
                var scores = logits[row, t - 1].to(ScalarType.Float64).data<double>().ToArray();
                var top = scores.Max();
                found.Add(scores[Labels[row, t]] - top - Math.Log(scores.Sum(score => Math.Exp(score - top))));
            }
        }

        return found;
    }

    private static Tensor Logits(double scale) =>
        tensor(Enumerable.Range(0, 3 * 6 * 7).Select(i => scale * Math.Sin((i * i) + (0.5 * i))).ToArray(), [3, 6, 7], ScalarType.Float64);
}
