using TorchSharp;
using Zephyr.Losses;
using static TorchSharp.torch;

namespace Zephyr.Tests.Losses;

/// <summary>The losses against numbers worked out by hand and against finite differences.</summary>
public class PairLossTests
{
    public static TheoryData<string> Names => [.. Losses.Keys];

    private static readonly Dictionary<string, Func<PairLogProbs, PairLogProbs, DpoOutput>> Losses = new()
    {
        ["sigmoid"] = (policy, reference) => DpoLoss.Compute(policy, reference, 0.1),
        ["conservative"] = (policy, reference) => ConservativeDpoLoss.Compute(policy, reference, 0.1, 0.1),
        ["hinge"] = (policy, reference) => HingeLoss.Compute(policy, reference, 0.1),
        ["ipo"] = (policy, reference) => IpoLoss.Compute(policy, reference, new PairLengths(Numbers(4), Numbers(5)), 0.1),
        ["ipo on sums"] = (policy, reference) => IpoLoss.ComputeOnSums(policy, reference, 0.1),
    };

    // The pair of every line: log-ratios +1 and -1, so h = 2; replies of 4 and 5 tokens.
    [Theory]
    [InlineData("sigmoid", 0.5981388694)] // log(1 + exp(-0.2))
    [InlineData("conservative", 0.6181388694)] // the same and 0.1 * 0.2 more
    [InlineData("hinge", 0.8)]
    [InlineData("ipo", 20.7025)] // (1/4 + 1/5 - 5)^2
    [InlineData("ipo on sums", 9.0)] // (2 - 5)^2
    public void Equals_the_closed_form_worked_by_hand(string name, double expected)
    {
        var output = Losses[name](new(Numbers(-10), Numbers(-14)), new(Numbers(-11), Numbers(-13)));

        Assert.Equal(expected, output.Loss.ToDouble(), tolerance: 1e-9);
        Assert.Equal(0.1, output.ChosenReward.ToDouble(), tolerance: 1e-12);
        Assert.Equal(-0.1, output.RejectedReward.ToDouble(), tolerance: 1e-12);
        Assert.Equal(0.2, output.Margin.ToDouble(), tolerance: 1e-12);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_equals_finite_differences(string name)
    {
        double[] chosen = [-10, -3.5, -40], rejected = [-14, -20.25, -2];
        var reference = new PairLogProbs(Numbers(-11, -9, -30), Numbers(-13, -7, -8));
        var policy = new PairLogProbs(Numbers(chosen).requires_grad_(), Numbers(rejected).requires_grad_());
        Losses[name](policy, reference).Loss.mean().backward();

        double At(double[] c, double[] r) => Losses[name](new(Numbers(c), Numbers(r)), reference).Loss.mean().ToDouble();
        const double Small = 1e-5;
        for (var i = 0; i < chosen.Length; i++)
        {
            var byChosen = (At(Moved(chosen, i, Small), rejected) - At(Moved(chosen, i, -Small), rejected)) / (2 * Small);
            var byRejected = (At(chosen, Moved(rejected, i, Small)) - At(chosen, Moved(rejected, i, -Small))) / (2 * Small);
            Assert.Equal(byChosen, policy.Chosen.grad![i].ToDouble(), tolerance: 1e-8);
            Assert.Equal(byRejected, policy.Rejected.grad![i].ToDouble(), tolerance: 1e-8);
        }
    }

    [Fact]
    public void Sigmoid_gradient_is_minus_beta_times_the_share_not_yet_won()
    {
        var policy = new PairLogProbs(Numbers(-10).requires_grad_(), Numbers(-14).requires_grad_());
        DpoLoss.Compute(policy, new(Numbers(-11), Numbers(-13)), 0.1).Loss.sum().backward();

        Assert.Equal(-0.0450166003, policy.Chosen.grad!.ToDouble(), tolerance: 1e-9);
        Assert.Equal(0.0450166003, policy.Rejected.grad!.ToDouble(), tolerance: 1e-9);
    }

    [Fact]
    public void Sigmoid_is_log_2_when_policy_equals_reference()
    {
        var pair = new PairLogProbs(Numbers(-7, -90), Numbers(-8, -3));

        Assert.All(DpoLoss.Compute(pair, pair, 0.3).Loss.data<double>().ToArray(), value => Assert.Equal(Math.Log(2), value, 12));
    }

    [Fact]
    public void Conservative_without_smoothing_is_sigmoid()
    {
        var (policy, reference) = (new PairLogProbs(Numbers(-3, -50), Numbers(-4, -2)), new PairLogProbs(Numbers(-5, -20), Numbers(-1, -9)));

        Assert.Equal(DpoLoss.Compute(policy, reference).Loss.data<double>().ToArray(), ConservativeDpoLoss.Compute(policy, reference, 0.1, 0).Loss.data<double>().ToArray());
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(-5000)]
    public void Margins_of_thousands_of_nats_stay_finite(double gain)
    {
        var policy = new PairLogProbs(tensor([(float)gain], requires_grad: true), tensor([0f]));
        var loss = DpoLoss.Compute(policy, new(tensor([0f]), tensor([0f])), 1).Loss;
        loss.sum().backward();

        Assert.Equal(Math.Max(0, -gain), loss.item<float>(), tolerance: 1e-3);
        Assert.Equal(gain > 0 ? 0 : -1, policy.Chosen.grad!.item<float>(), tolerance: 1e-6);
    }

    [Fact]
    public void Settings_outside_their_range_are_refused()
    {
        var pair = new PairLogProbs(Numbers(-1), Numbers(-2));

        Assert.Throws<ArgumentOutOfRangeException>(() => DpoLoss.Compute(pair, pair, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => HingeLoss.Compute(pair, pair, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConservativeDpoLoss.Compute(pair, pair, 0.1, 0.5));
    }

    private static double[] Moved(double[] values, int index, double by) => [.. values.Select((value, i) => i == index ? value + by : value)];

    private static Tensor Numbers(params double[] values) => tensor(values, ScalarType.Float64);
}
