using Zephyr.Data;
using Zephyr.Tests.Model;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Training;

/// <summary>The trainers' first numbers against a decoder written in loops over doubles.</summary>
public class PlainModelTests
{
    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Fact]
    public void First_loss_equals_a_loop_only_model_in_double()
    {
        var model = SmallRuns.Model(dtype: ScalarType.Float64);
        var plain = new PlainMistral(model);
        var rows = SmallRuns.Rows(6);

        var step = new SftTrainer(model, rows, SmallRuns.Sft with { Seed = null, Steps = 1 }).Train(None).Single();

        var tokens = rows.SelectMany(row => row.Targets().Select(target => LogProb(plain.Logits(row.Ids)[target - 1], row.Ids[target]))).ToList();
        Assert.Equal(-tokens.Average(), step.Loss, tolerance: 1e-8);
    }

    [Fact]
    public void First_log_probabilities_of_pairs_equal_a_loop_only_model_in_double()
    {
        var (model, other) = (SmallRuns.Model(1, ScalarType.Float64), SmallRuns.Model(2, ScalarType.Float64));
        var (plain, plainOther) = (new PlainMistral(model), new PlainMistral(other));
        var pairs = SmallRuns.Pairs(4);

        var step = new DpoTrainer(model, new FrozenReference(other), pairs, SmallRuns.Dpo with { Seed = null, Steps = 1 }).Train(None).Single();

        Assert.Equal(pairs.Average(pair => Of(plain, pair, pair.Chosen)), step.ChosenLogProb, tolerance: 1e-8);
        Assert.Equal(pairs.Average(pair => Of(plain, pair, pair.Rejected)), step.RejectedLogProb, tolerance: 1e-8);
        var margins = pairs.Select(pair => 0.1 * (Of(plain, pair, pair.Chosen) - Of(plainOther, pair, pair.Chosen) - Of(plain, pair, pair.Rejected) + Of(plainOther, pair, pair.Rejected)));
        Assert.Equal(margins.Average(), step.Margin, tolerance: 1e-8);
        Assert.Equal(margins.Average(margin => Math.Log(1 + Math.Exp(-margin))), step.Loss, tolerance: 1e-8);
    }

    private static double Of(PlainMistral model, TokenizedPair pair, int[] response)
    {
        int[] ids = [.. pair.Prompt, .. response];
        var logits = model.Logits(ids);
        return Enumerable.Range(pair.Prompt.Length, response.Length).Sum(t => LogProb(logits[t - 1], ids[t]));
    }

    private static double LogProb(double[] scores, int id)
    {
        var top = scores.Max();
        return scores[id] - top - Math.Log(scores.Sum(score => Math.Exp(score - top)));
    }
}
