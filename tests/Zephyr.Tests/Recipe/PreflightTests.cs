using Zephyr.Data;
using Zephyr.Model;
using Zephyr.Recipe;
using Zephyr.Runtime;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Recipe;

/// <summary>Predictions against closed forms for the 7B shape, and against bytes in use while small shapes are trained.</summary>
public class PreflightTests
{
    private const long Parameters = 7_241_732_096, Linear = 32L * 218_103_808;

    private static readonly Machine Card12 = Machine.Card24 with { Name = "12 GB card", MemoryBytes = 12_282L << 20 };

    [Fact]
    public void All_weights_of_the_7B_take_four_times_29_GB_before_the_first_token()
    {
        var forecast = Preflight.Of(TrainingPlan.Full141, Machine.Card141);

        Assert.Equal(4 * Parameters, Part(forecast, "weights"));
        Assert.Equal(4 * Parameters, Part(forecast, "gradients"));
        Assert.Equal(8 * Parameters, Part(forecast, "optimizer"));
        Assert.Equal(115.9, (Part(forecast, "weights") + Part(forecast, "gradients") + Part(forecast, "optimizer")) / 1e9, tolerance: 0.05);
        Assert.Equal((2L + 1) * 12 * Parameters + (4 * Parameters), forecast.DiskBytes);
    }

    [Fact]
    public void Adapters_and_quantised_weights_of_the_7B_have_the_known_sizes()
    {
        // Adapters of rank 16 on all seven linear layers of Mistral-7B: 41,943,040 numbers.
        var (qlora, lora) = (Preflight.Of(TrainingPlan.Qlora24, Machine.Card24), Preflight.Of(TrainingPlan.Lora80, Machine.Card80));
        const long Rank16 = 41_943_040;

        Assert.Equal(4 * Rank16, Part(qlora, "gradients"));
        Assert.Equal(8 * Rank16, Part(qlora, "optimizer"));
        Assert.Equal((2 * Parameters) + (16 * Rank16), Part(lora, "weights"));

        // 4 bits, an 8-bit maximum for each 64, an fp32 one for each 256 of those: 4.127 bits a weight.
        var bits = 8.0 * (Part(qlora, "weights") - (4 * Rank16) - (2 * (Parameters - Linear))) / Linear;
        Assert.Equal(4 + (8 / 64.0) + (32 / (64.0 * 256)), bits, tolerance: 1e-6);
    }

    [Fact]
    public void Each_plan_fits_its_card_and_not_the_next_smaller()
    {
        Machine[] cards = [Card12, .. TrainingPlan.ByCard.Select(pair => pair.Card)];
        foreach (var ((_, plan, card), smaller) in TrainingPlan.ByCard.Zip(cards))
        {
            Assert.True(Preflight.Of(plan, card).Fits, $"{plan.Name} on {card.Name}");
            Assert.False(Preflight.Of(plan, smaller).Fits, $"{plan.Name} on {smaller.Name}");
            Assert.Contains("GB", plan.WhyNotSmaller, StringComparison.Ordinal);
        }
    }

    /// <summary>Six operations a weight and token; a third forward pass of the blocks makes it eight there; frozen weights save two.</summary>
    [Theory]
    [InlineData(false, null, 6, 6)]
    [InlineData(true, null, 8, 6)]
    [InlineData(true, 1, 8, 8)]
    public void Seconds_are_the_products_over_the_peak(bool again, int? logits, int ofBlocks, int ofHead)
    {
        var machine = Machine.Laptop with { PeakFlops = 1e12, Efficiency = new(0.5, EvidenceKind.Unknown, "") };
        var plan = Plan(MistralConfig.Bench, WeightForm.Plain, again) with { Memory = new() { RecomputeBlocks = again, LogitTokens = logits } };
        var config = MistralConfig.Bench;
        double weights = config.ParameterCount - (2L * config.VocabSize * config.HiddenSize) - (config.HiddenSize * ((2L * config.Layers) + 1));
        var attention = 2.0 * ofBlocks / 6 * 6 * config.Heads * config.HeadSize * plan.RowLength * config.Layers; // scores and what is read, two operations each, whole table
        var flops = plan.RowsAStep * plan.RowLength * ((ofBlocks * weights) + attention + ((double)ofHead * config.VocabSize * config.HiddenSize));

        Assert.Equal(flops / 0.5e12, Preflight.Of(plan, machine).SecondsAStep, tolerance: 1e-9);
    }

    public static TheoryData<int, WeightForm, bool, int?> Shapes => new()
    {
        { 0, WeightForm.Plain, false, null },
        { 0, WeightForm.Plain, true, 128 },
        { 1, WeightForm.Plain, false, null },
        { 1, WeightForm.Plain, true, null },
        { 1, WeightForm.Masters, false, null },
        { 1, WeightForm.Masters, true, 256 },
    };

    /// <summary>The band: 15 % of the bytes in use at the fullest moment, as the C library counts them. With accumulation, as every plan of the 7B has it: all gradients are there.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Memory_is_within_15_percent_of_the_bytes_in_use(int shape, WeightForm form, bool again, int? logits)
    {
        Assert.SkipWhen(NativeMemory.InUse is null, "Only glibc keeps books of the bytes in use.");
        var config = shape == 0 ? MistralConfig.Tiny : MistralConfig.Bench with { Layers = 4 };
        var plan = Plan(config, form, again) with { Memory = new() { RecomputeBlocks = again, LogitTokens = logits } };
        BytesInUse(plan); // compiles what is compiled once
        var peak = BytesInUse(plan);
        var predicted = Preflight.Of(plan, Machine.Laptop with { FrameworkBytes = 0 }).MemoryBytes;
        Assert.True(Math.Abs((double)predicted / peak - 1) <= 0.15, $"predicted {predicted / 1e6:N1} MB, in use {peak / 1e6:N1} MB, {(double)predicted / peak:P0}");
    }

    [Fact]
    public void The_table_says_what_fits_and_puts_the_measured_beside()
    {
        var forecast = Preflight.Of(TrainingPlan.Full141, Machine.Card80);

        Assert.Contains("does not fit", forecast.ToText(), StringComparison.Ordinal);
        Assert.Contains("measured 124.0 GB", forecast.ToText(new(124_000_000_000, 1)), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Preflight.Of(TrainingPlan.Full141 with { Weights = WeightForm.Nf4 }, Machine.Card80));
    }

    private static TrainingPlan Plan(MistralConfig config, WeightForm form, bool again) => new()
    {
        Name = "small",
        Model = config,
        Weights = form,
        Rows = 4,
        RowLength = 128,
        RowsAStep = 8,
        TotalRows = 400,
        Memory = new() { RecomputeBlocks = again },
    };

    /// <summary>The most bytes in use above those before, while two steps of the plan are made.</summary>
    private static long BytesInUse(TrainingPlan plan)
    {
        GC.Collect(); // what others left must not be given back while this one counts
        GC.WaitForPendingFinalizers();
        var before = NativeMemory.InUse!.Value;
        using var model = Mistral.Random(plan.Model, 1);
        model.ComputeType = plan.Weights == WeightForm.Masters ? ScalarType.BFloat16 : ScalarType.Float32;
        var rows = Enumerable.Range(0, plan.RowsAStep).Select(row => TokenizedExample.AllLearned([.. Enumerable.Range(0, plan.RowLength).Select(t => ((t * 7) + row) % plan.Model.VocabSize)])).ToList();
        var options = new SftOptions { LearningRate = new() { Peak = 1e-5, Shape = RateShape.Constant }, BatchSize = plan.Rows, Accumulation = 2, Steps = 2, TokenMetrics = false };
        return Peak(() => Assert.Equal(2, new SftTrainer(model, rows, options) { Memory = plan.Memory }.Train(TestContext.Current.CancellationToken).Count())) - before;
    }

    private static long Part(Preflight forecast, string name) => forecast.Parts.Single(part => part.Name == name).Bytes;

    /// <summary>The most bytes in use while something runs, looked at from a thread beside it.</summary>
    private static long Peak(Action run)
    {
        var (peak, stop) = (0L, false);
        var watch = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                peak = Math.Max(peak, NativeMemory.InUse ?? 0);
                Thread.Yield();
            }
        })
        { IsBackground = true };
        watch.Start();
        try
        {
            run();
        }
        finally
        {
            Volatile.Write(ref stop, true);
            watch.Join();
        }

        return peak;
    }
}
