using TorchSharp;
using Zephyr.Losses;
using static TorchSharp.torch;

namespace Zephyr.Tests.Losses;

/// <summary>The losses against numbers worked out by hand and against finite differences.</summary>
public class PairLossTests
{
    public static TheoryData<string> Names => [.. Losses.Keys];

    /// <summary>Every loss as a function of the sums of three responses' tokens; lengths, marks and all else are fixed.</summary>
    private static readonly Dictionary<string, Func<PairLogProbs, PairLogProbs, PairLengths, Tensor>> Losses = new()
    {
        ["sigmoid"] = (policy, reference, _) => DpoLoss.Compute(policy, reference, 0.1).Loss,
        ["conservative"] = (policy, reference, _) => ConservativeDpoLoss.Compute(policy, reference, 0.1, 0.1).Loss,
        ["hinge"] = (policy, reference, _) => HingeLoss.Compute(policy, reference, 0.1).Loss,
        ["ipo"] = (policy, reference, lengths) => IpoLoss.Compute(policy, reference, lengths, 0.1).Loss,
        ["ipo on sums"] = (policy, reference, _) => IpoLoss.ComputeOnSums(policy, reference, 0.1).Loss,
        ["exo"] = (policy, reference, _) => ExoPairLoss.Compute(policy, reference, 0.1, 1e-3).Loss,
        ["nca"] = (policy, reference, _) => NcaPairLoss.Compute(policy, reference, 0.1).Loss,
        ["robust"] = (policy, reference, _) => RobustDpoLoss.Compute(policy, reference, 0.1, 0.1).Loss,
        ["bco"] = (policy, reference, _) => BcoPairLoss.Compute(policy, reference, 0.1).Loss,
        ["bco shifted"] = (policy, reference, _) => BcoPairLoss.Compute(policy, reference, 0.1, shift: 0.4).Loss,
        ["sppo"] = (policy, reference, _) => SppoHardLoss.Compute(policy, reference, 0.1).Loss,
        ["aot"] = (policy, reference, _) => AotLoss.Compute(policy, reference, 0.1, 0.2).Loss,
        ["aot unpaired"] = (policy, reference, _) => AotLoss.ComputeUnpaired(policy, reference, 0.1, 0.2).Loss,
        ["apo zero"] = (policy, reference, _) => ApoLoss.ComputeZero(policy, reference, 0.1).Loss,
        ["apo down"] = (policy, reference, _) => ApoLoss.ComputeDown(policy, reference, 0.1).Loss,
        ["discopop"] = (policy, reference, _) => DiscoPopLoss.Compute(policy, reference, 0.1, 0.05).Loss,
        ["sigmoid norm"] = (policy, reference, lengths) => NormalizedDpoLoss.Compute(policy, reference, lengths, 0.1).Loss,
        ["simpo"] = (policy, _, lengths) => SimPoLoss.Compute(policy, lengths, 2, 0.5).Loss,
        ["orpo"] = (policy, _, lengths) => OrpoLoss.Compute(policy, lengths, policy.Chosen, 0.1).Loss,
        ["sft"] = (policy, _, _) => SftLoss.Compute(policy.Chosen),
        ["kto"] = (policy, reference, _) => cat([Kto(policy.Chosen, reference.Chosen, 1.5), Kto(policy.Rejected, reference.Rejected, 1.5)]),
        ["apo zero unpaired"] = (policy, reference, _) => KtoLoss.ComputeApoZero(policy.Chosen, reference.Chosen, Marks(policy.Chosen), 0.1, 1.33, 0.8).Loss,
        ["sigmoid under forward KL"] = (policy, reference, _) => DpoLoss.Compute(policy, reference, 0.1, FDivergence.ForwardKl).Loss,
        ["sigmoid under Jensen-Shannon"] = (policy, reference, _) => DpoLoss.Compute(policy, reference, 0.1, FDivergence.JensenShannon).Loss,
        ["sigmoid under an alpha divergence"] = (policy, reference, _) => DpoLoss.Compute(policy, reference, 0.1, new(DivergenceKind.Alpha, 0.5)).Loss,
        ["ipo under Jensen-Shannon"] = (policy, reference, lengths) => IpoLoss.Compute(policy, reference, lengths, 0.1, FDivergence.JensenShannon).Loss,
    };

    // The pair of every line: log-ratios +1 and -1, so h = 2; replies of 4 and 5 tokens.
    [Theory]
    [InlineData("sigmoid", 0.5981388694)] // log(1 + exp(-0.2))
    [InlineData("conservative", 0.6181388694)] // the same and 0.1 * 0.2 more
    [InlineData("hinge", 0.8)]
    [InlineData("ipo", 20.7025)] // (1/4 + 1/5 - 5)^2
    [InlineData("ipo on sums", 9.0)] // (2 - 5)^2
    [InlineData("exo", 2.4220146207)] // q = 1/(1 + exp(-0.2)): q log(q/0.999) + (1 - q) log((1 - q)/0.001)
    [InlineData("nca", 1.3387933201)] // log(1 + e^-0.1) and half of log(1 + e^0.1) + log(1 + e^-0.1)
    [InlineData("robust", 0.5731388694)] // (0.9 * 0.5981388694 - 0.1 * 0.7981388694)/0.8
    [InlineData("bco", 1.2887933201)] // 2 log(1 + e^-0.1)
    [InlineData("bco shifted", 1.3284322286)] // log(1 + e^0.3) + log(1 + e^-0.5)
    [InlineData("sppo", 32.0)] // (1 - 5)^2 + (-1 + 5)^2
    [InlineData("apo zero", 0.9500416250)] // 2 (1 - 1/(1 + e^-0.1))
    [InlineData("apo down", 0.9751451902)] // 1/(1 + e^-0.1) + 1/(1 + e^0.2)
    [InlineData("discopop", 0.8147631411)] // m = 1/(1 + e^-4): (1 - m) 0.5981388694 + m e^-0.2
    [InlineData("sigmoid norm", 0.6709002842)] // log(1 + exp(-0.1 (1/4 + 1/5)))
    [InlineData("simpo", 0.6443966601)] // log(1 + e^-0.1), 0.1 = 2 (14/5 - 10/4) - 0.5
    public void Equals_the_closed_form_worked_by_hand(string name, double expected)
    {
        var loss = Losses[name](new(Numbers(-10), Numbers(-14)), new(Numbers(-11), Numbers(-13)), new(Numbers(4), Numbers(5)));

        Assert.Equal(expected, loss.ToDouble(), tolerance: 1e-9);
    }

    [Fact]
    public void Rewards_are_beta_times_the_log_ratio_whatever_the_divergence()
    {
        var output = DpoLoss.Compute(new(Numbers(-10), Numbers(-14)), new(Numbers(-11), Numbers(-13)), 0.1, FDivergence.ForwardKl);

        Assert.Equal(0.1, output.ChosenReward.ToDouble(), tolerance: 1e-12);
        Assert.Equal(-0.1, output.RejectedReward.ToDouble(), tolerance: 1e-12);
        Assert.Equal(0.2, output.Margin.ToDouble(), tolerance: 1e-12);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_equals_finite_differences(string name)
    {
        double[] chosen = [-10, -3.5, -40], rejected = [-14, -20.25, -2];
        var (reference, lengths) = (new PairLogProbs(Numbers(-11, -9, -38), Numbers(-13, -17, -3.5)), new PairLengths(Numbers(4, 3, 20), Numbers(5, 9, 1)));
        var policy = new PairLogProbs(Numbers(chosen).requires_grad_(), Numbers(rejected).requires_grad_());
        var loss = Losses[name](policy, reference, lengths).mean();
        loss.backward();

        double At(double[] c, double[] r) => Losses[name](new(Numbers(c), Numbers(r)), reference, lengths).mean().ToDouble();
        const double Small = 1e-5;
        var tolerance = 1e-8 * Math.Max(1, Math.Abs(loss.ToDouble()));
        for (var i = 0; i < chosen.Length; i++)
        {
            var byChosen = (At(Moved(chosen, i, Small), rejected) - At(Moved(chosen, i, -Small), rejected)) / (2 * Small);
            var byRejected = (At(chosen, Moved(rejected, i, Small)) - At(chosen, Moved(rejected, i, -Small))) / (2 * Small);
            Assert.Equal(byChosen, policy.Chosen.grad![i].ToDouble(), tolerance);
            Assert.Equal(byRejected, policy.Rejected.grad is { } gradient ? gradient[i].ToDouble() : 0, tolerance);
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

        Assert.All(Values(DpoLoss.Compute(pair, pair, 0.3).Loss), value => Assert.Equal(Math.Log(2), value, 12));
    }

    [Fact]
    public void Conservative_robust_and_optimal_transport_of_one_pair_are_sigmoid_without_smoothing()
    {
        var (policy, reference) = (new PairLogProbs(Numbers(-3, -50), Numbers(-4, -2)), new PairLogProbs(Numbers(-5, -20), Numbers(-1, -9)));
        var (one, frozen) = (new PairLogProbs(Numbers(-3), Numbers(-4)), new PairLogProbs(Numbers(-5), Numbers(-1)));

        Assert.Equal(Values(DpoLoss.Compute(policy, reference).Loss), Values(ConservativeDpoLoss.Compute(policy, reference, 0.1, 0).Loss));
        Assert.Equal(Values(DpoLoss.Compute(policy, reference).Loss), Values(RobustDpoLoss.Compute(policy, reference, 0.1, 0).Loss));
        Assert.Equal(DpoLoss.Compute(one, frozen).Loss.ToDouble(), AotLoss.Compute(one, frozen).Loss.ToDouble(), 12);
        Assert.Equal(DpoLoss.Compute(one, frozen).Loss.ToDouble(), AotLoss.ComputeUnpaired(one, frozen).Loss.ToDouble(), 12);
    }

    [Fact]
    public void Exo_rests_at_nothing_where_the_policy_chooses_as_the_labels_do()
    {
        var (margin, zero) = (Numbers(Math.Log(0.9 / 0.1)).requires_grad_(), Numbers(0));
        var loss = ExoPairLoss.Compute(new(margin, zero), new(zero, zero), 1, 0.1).Loss;
        loss.sum().backward();

        Assert.Equal(0, loss.ToDouble(), tolerance: 1e-12);
        Assert.Equal(0, margin.grad!.ToDouble(), tolerance: 1e-12);
    }

    [Fact]
    public void Alpha_divergence_is_forward_kl_at_0_and_reverse_kl_at_1()
    {
        var ratios = Numbers(-3, -0.25, 0, 1e-9, 2);

        Assert.Equal(Values(FDivergence.ForwardKl.Score(ratios)), Values(new FDivergence(DivergenceKind.Alpha, 0).Score(ratios)));
        Assert.Equal(Values(ratios), Values(new FDivergence(DivergenceKind.Alpha, 1).Score(ratios)));
        Assert.All(Values(ratios).Zip(Values(FDivergence.ForwardKl.Score(ratios))), pair => Assert.Equal(1 - Math.Exp(-pair.First), pair.Second, 12));
        Assert.All(Values(ratios).Zip(Values(FDivergence.JensenShannon.Score(ratios))), pair => Assert.Equal(Math.Log(2 / (1 + Math.Exp(-pair.First))), pair.Second, 12));
    }

    [Fact]
    public void Length_desensitization_counts_the_longer_tail_alone_less()
    {
        Assert.Equal([1, 1, 0.25, 1, 1, 1, 1, 1, 1, 0.25], LengthDesensitization.Factors([3, 2], [2, 3], 0.25));
    }

    [Fact]
    public void Policy_weights_are_the_product_of_both_responses_mean_alignments()
    {
        // Two responses of one pair: tokens of probability 1/2 and 1/8 where Sum p^2 is 1/4, and one of 1/3 where it is 1/9.
        var weights = PolicyWeights.Of(
            Numbers(Math.Log(0.5), Math.Log(0.125), Math.Log(1.0 / 3)), Numbers(Math.Log(0.25), Math.Log(0.25), Math.Log(1.0 / 9)), tensor([0L, 0, 1]), new(Numbers(2), Numbers(1)));

        Assert.Equal(Math.Sqrt(2 * 0.5) * 3, weights.ToDouble(), 12);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Margins_of_hundreds_of_nats_stay_finite_in_single_precision(string name)
    {
        static Tensor Single(params double[] values) => tensor(values, ScalarType.Float32).requires_grad_();
        var policy = new PairLogProbs(Single(-900, -1), Single(-1, -900));
        var loss = Losses[name](policy, new(Single(-5, -600), Single(-600, -5)), new(Single(9, 9), Single(9, 9)));
        loss.mean().backward();

        Assert.All(Values(loss.to(ScalarType.Float64)), value => Assert.True(double.IsFinite(value), $"{value}"));
        Assert.All(Values(policy.Chosen.grad!.to(ScalarType.Float64)), value => Assert.True(double.IsFinite(value), $"{value}"));
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
        var (pair, lengths) = (new PairLogProbs(Numbers(-1), Numbers(-2)), new PairLengths(Numbers(1), Numbers(1)));

        Assert.Throws<ArgumentOutOfRangeException>(() => DpoLoss.Compute(pair, pair, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => HingeLoss.Compute(pair, pair, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConservativeDpoLoss.Compute(pair, pair, 0.1, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => RobustDpoLoss.Compute(pair, pair, 0.1, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExoPairLoss.Compute(pair, pair, 0.1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => DiscoPopLoss.Compute(pair, pair, 0.1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SimPoLoss.Compute(pair, lengths, 2, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => OrpoLoss.Compute(pair, lengths, pair.Chosen, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => KtoLoss.Compute(pair.Chosen, pair.Chosen, tensor([true]), Numbers(0), 0.1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LengthDesensitization.Factors([1], [1], 1.5));
    }

    private static Tensor Kto(Tensor policy, Tensor reference, double point) =>
        KtoLoss.Compute(policy, reference, Marks(policy), tensor(point, policy.dtype), 0.1, 1.33, 0.8).Loss;

    private static Tensor Marks(Tensor policy) => tensor([true, false, true]).narrow(0, 0, policy.shape[0]);

    private static double[] Values(Tensor values) => values.detach().data<double>().ToArray();

    private static double[] Moved(double[] values, int index, double by) => [.. values.Select((value, i) => i == index ? value + by : value)];

    private static Tensor Numbers(params double[] values) => tensor(values, ScalarType.Float64);
}
