using Zephyr.Data;
using Zephyr.Model;
using Zephyr.Tests.Training;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Model;

/// <summary>Adapters on a small model: what they add, what stays still, and what a switch does.</summary>
public class AdapterTests
{
    private static LoraOptions Options { get; } = new() { Rank = 3, Alpha = 6, Targets = [LoraOptions.AllLinear] };

    private static Tensor Ids => tensor(new long[] { 3, 7, 11, 2, 30, 5 }).reshape(1, 6);

    [Fact]
    public void New_adapters_change_nothing_and_freeze_everything_else()
    {
        using var scope = NewDisposeScope();
        var (plain, adapted) = (SmallRuns.Model(), SmallRuns.Model());

        adapted.AddAdapters(Options);

        Assert.Equal(plain.call(Ids, null).bytes.ToArray(), adapted.call(Ids, null).bytes.ToArray());
        Assert.Equal(plain.named_parameters().Select(pair => pair.name), adapted.named_parameters().Where(pair => !pair.parameter.requires_grad).Select(pair => pair.name));
        Assert.All(adapted.named_parameters().Where(pair => pair.parameter.requires_grad), pair => Assert.Matches(@"_proj\.lora_[AB]\.weight$", pair.name));
        Assert.Equal(Options.ParameterCount(SmallRuns.Config), adapted.parameters().Where(weight => weight.requires_grad).Sum(weight => weight.numel()));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_merged_model_computes_what_the_adapted_one_did(bool stable, bool packed)
    {
        using var scope = NewDisposeScope();
        var model = Trained(Options with { UseRsLora = stable, AlphaPattern = new Dictionary<string, double> { ["v_proj"] = 5 }, RankPattern = new Dictionary<string, int> { [@"layers\.1\.mlp\..*"] = 2 } }, packed);
        var before = model.call(Ids, null);

        model.MergeAdapters();

        Assert.True(allclose(before, model.call(Ids, null), 1e-5, 1e-5));
        Assert.Equal(SmallRuns.Model().named_parameters().Select(pair => pair.name).Order(), model.named_parameters().Select(pair => pair.name).Order());
        Assert.All(model.named_parameters(), pair => Assert.True(pair.parameter.requires_grad));
    }

    [Fact]
    public void Scales_and_ranks_follow_patterns_as_PEFT_reads_them()
    {
        var options = Options with { UseRsLora = true, Rank = 4, RankPattern = new Dictionary<string, int> { ["q_proj"] = 16, ["layers.0.mlp.*"] = 9 } };

        Assert.Equal(16, options.RankOf("model.layers.1.self_attn.q_proj"));
        Assert.Equal(9, options.RankOf("model.layers.0.mlp.up_proj"));
        Assert.Equal(4, options.RankOf("model.layers.1.mlp.up_proj"));
        Assert.Equal(6 / 4.0, options.ScaleOf("model.layers.1.self_attn.q_proj"));
        Assert.Equal(6 / 3.0, (options with { UseRsLora = false, RankPattern = new Dictionary<string, int> { ["q_proj"] = 3 } }).ScaleOf("model.layers.1.self_attn.q_proj"));
    }

    [Fact]
    public void Switched_off_adapters_leave_the_base_and_come_back_even_after_an_error()
    {
        using var scope = NewDisposeScope();
        var model = Trained(Options);
        var adapted = model.call(Ids, null).bytes.ToArray();

        Assert.Throws<InvalidOperationException>((Action)(() =>
        {
            using var off = model.AdaptersOff();
            using var again = model.AdaptersOff();
            Assert.Equal(SmallRuns.Model().call(Ids, null).bytes.ToArray(), model.call(Ids, null).bytes.ToArray());
            throw new InvalidOperationException();
        }));

        Assert.Equal(adapted, model.call(Ids, null).bytes.ToArray());
        Assert.NotEqual(adapted, SmallRuns.Model().call(Ids, null).bytes.ToArray());
    }

    [Fact]
    public void Adapters_off_are_a_reference_whose_numbers_have_the_base_models_name()
    {
        using var scope = NewDisposeScope();
        var (model, pairs) = (Trained(Options), SmallRuns.Pairs());
        var batch = PairBatch.Of(pairs);

        var expected = new FrozenReference(SmallRuns.Model()).Of(pairs, batch);
        var live = new AdaptersOffReference(model).Of(pairs, batch);
        var on = ReferenceLogProbs.Compute(model, pairs);
        ReferenceLogProbs known;
        using (model.AdaptersOff())
        {
            known = ReferenceLogProbs.Compute(model, pairs);
        }

        Assert.Equal(expected.Chosen.bytes.ToArray(), live.Chosen.bytes.ToArray());
        Assert.Equal(ReferenceLogProbs.Compute(SmallRuns.Model(), pairs).Key, known.Key);
        Assert.NotEqual(on.Key, known.Key);
        Assert.NotEqual(on.Key, ReferenceLogProbs.Compute(Trained(Options with { Alpha = 7 }), pairs).Key);
    }

    [Fact]
    public void Dropout_follows_from_seed_step_and_batch_and_keeps_the_mean()
    {
        using var scope = NewDisposeScope();
        var model = Trained(Options with { Dropout = 0.4 });
        byte[] Pass(int step, int batch)
        {
            using var pass = model.TrainingPass(step, batch);
            return model.call(Ids, null).bytes.ToArray();
        }

        Assert.Equal(Pass(3, 1), Pass(3, 1));
        Assert.NotEqual(Pass(3, 1), Pass(3, 0));
        Assert.NotEqual(Pass(3, 1), Pass(4, 1));
        Assert.Equal(model.call(Ids, null).bytes.ToArray(), Trained(Options).call(Ids, null).bytes.ToArray()); // none outside a trainer's pass

        var adapter = model.Projections().Select(found => found.Layer.Adapter).OfType<LoraAdapter>().First();
        var x = ones(4000, SmallRuns.Config.HiddenSize);
        using var training = model.TrainingPass(1, 0);
        var (dropped, whole) = (adapter.Of(x).mean([0]), adapter.Product().sum([1]));
        Assert.True((dropped - whole).norm().item<float>() < 0.05 * whole.norm().item<float>());
    }

    [Fact]
    public void A_copy_has_the_same_adapters_and_shares_none()
    {
        using var scope = NewDisposeScope();
        var model = Trained(Options, packed: true);
        var copy = model.Copy();
        var before = copy.call(Ids, null).bytes.ToArray();
        Assert.Equal(model.call(Ids, null).bytes.ToArray(), before);

        model.MergeAdapters();

        Assert.Equal(before, copy.call(Ids, null).bytes.ToArray());
    }

    [Fact]
    public void Impossible_options_are_refused_with_the_layers_that_there_are()
    {
        var model = SmallRuns.Model();

        Assert.Contains("wq", Assert.Throws<ArgumentException>(() => model.AddAdapters(Options with { Targets = ["q_proj", "wq"] })).Message, StringComparison.Ordinal);
        Assert.Contains("q_proj", Assert.Throws<ArgumentException>(() => model.AddAdapters(Options with { Targets = [] })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => model.AddAdapters(Options with { Rank = 0 }));
        Assert.Throws<ArgumentException>(() => model.AddAdapters(Options with { Dropout = 1 }));
        Assert.Throws<InvalidOperationException>(() => model.AdaptersOff());
        model.AddAdapters(Options);
        Assert.Contains("already", Assert.Throws<InvalidOperationException>(() => model.AddAdapters(Options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistral_7B_trains_under_one_in_forty_of_its_weights_by_arithmetic()
    {
        var config = MistralConfig.Mistral7B;
        var options = new LoraOptions { Rank = 128, Alpha = 128, Targets = [LoraOptions.AllLinear] };

        // q, o: 4096 + 4096; k, v: 4096 + 1024; gate, up, down: 4096 + 14336; 32 layers, rank 128.
        Assert.Equal(32L * 128 * (2 * 8192 + 2 * 5120 + 3 * 18432), options.ParameterCount(config));
        Assert.Equal(335_544_320, options.ParameterCount(config));
        Assert.Equal(54_525_952, (options with { Rank = 64, Targets = ["q_proj", "k_proj", "v_proj", "o_proj"] }).ParameterCount(config));
        Assert.Equal(config.ParameterCount, LinearLayer.Of(config).Sum(layer => layer.Count) + (long)config.VocabSize * config.HiddenSize + config.HiddenSize * (2L * config.Layers + 1));
    }

    /// <summary>A small model whose adapters are no longer nothing.</summary>
    private static Mistral Trained(LoraOptions options, bool packed = false)
    {
        var model = SmallRuns.Model();
        if (packed)
        {
            model.PackNf4();
        }

        model.AddAdapters(options);
        using var none = no_grad();
        foreach (var (index, weight) in model.parameters().Where(weight => weight.requires_grad).Index())
        {
            weight.copy_(randn(weight.shape, generator: new Generator((ulong)index, CPU)) * 0.1);
        }

        return model;
    }
}
