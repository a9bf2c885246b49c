using TorchSharp;
using Zephyr.Checkpoints;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Tests.Model;

public sealed class MistralTests
{
    private static readonly MistralConfig Small = new()
    {
        VocabSize = 23,
        HiddenSize = 20,
        Layers = 2,
        Heads = 4,
        KvHeads = 2,
        HeadSize = 6,
        FeedForwardSize = 14,
        MaxPositions = 64,
    };

    private static readonly int[] Ids = [1, 5, 9, 22, 0, 7, 7, 13, 2, 4, 11, 3];

    public static TheoryData<int, int, int?, bool, double> Shapes => new()
    {
        { 4, 2, null, false, 10_000 },
        { 4, 4, 3, false, 500 },
        { 4, 1, 5, true, 1e6 },
        { 1, 1, 1, true, 10_000 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Equals_the_loop_in_double(int heads, int kvHeads, int? window, bool tied, double theta)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var model = Random(Small with { Heads = heads, KvHeads = kvHeads, SlidingWindow = window, TieEmbeddings = tied, RopeTheta = theta });

        Close.To(Table(new PlainMistral(model).Logits(Ids)), model.call(Close.Rows(Ids))[0], 1e-5);
    }

    [Fact]
    public void Packed_documents_equal_the_loop_in_double()
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var model = Random(Small with { SlidingWindow = 4 });
        int[] documents = [1, 1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3];

        var logits = model.call(Close.Rows(Ids), TokenLayout.Packed(Close.Rows(documents)));

        Close.To(Table(new PlainMistral(model).Logits(Ids, documents)), logits[0], 1e-5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_equal_finite_differences_of_the_loop(bool tied)
    {
        using var scope = NewDisposeScope();
        using var model = Random(Small with { TieEmbeddings = tied, SlidingWindow = 5 });
        var plain = new PlainMistral(model);
        var logits = model.call(Close.Rows(Ids), null)[0].narrow(0, 0, Ids.Length - 1);
        nn.functional.cross_entropy(logits, Close.Rows(Ids)[0].narrow(0, 1, Ids.Length - 1)).backward();

        const double Step = 1e-5;
        foreach (var (name, weight) in model.named_parameters())
        {
            var gradient = weight.grad!.data<float>().ToArray();
            var at = gradient.Length / 3;
            var kept = plain.Weights[name][at];
            plain.Weights[name][at] = kept + Step;
            var above = plain.Loss(Ids);
            plain.Weights[name][at] = kept - Step;
            var below = plain.Loss(Ids);
            plain.Weights[name][at] = kept;
            Assert.Equal((above - below) / (2 * Step), gradient[at], 2e-5 * Math.Max(1, gradient.Max(Math.Abs)));
        }
    }

    [Fact]
    public void No_position_looks_ahead()
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var model = Random(Small);
        int[] other = [.. Ids[..7], .. Ids[7..].Select(id => (id + 1) % Small.VocabSize)];

        var (first, second) = (model.call(Close.Rows(Ids), null), model.call(Close.Rows(other), null));

        Assert.True(first.narrow(1, 0, 7).eq(second.narrow(1, 0, 7)).all().item<bool>());
        Assert.False(first.narrow(1, 7, 1).eq(second.narrow(1, 7, 1)).all().item<bool>());
    }

    [Fact]
    public void A_token_is_read_through_the_windows_of_all_layers_and_no_further()
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var model = Random(Small with { SlidingWindow = 3 });
        int[] other = [(Ids[0] + 1) % Small.VocabSize, .. Ids[1..]];

        var changed = model.call(Close.Rows(Ids), null).ne(model.call(Close.Rows(other), null)).any(2)[0].data<bool>().ToArray();

        // Two layers of window 3 carry a token two positions further each.
        Assert.Equal(Enumerable.Range(0, Ids.Length).Select(t => t <= 4), changed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(4)]
    public void A_cache_gives_the_logits_of_the_whole_row(int? window)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var model = Random(Small with { SlidingWindow = window });
        using var cache = new KvCache(model, 1, Ids.Length);
        var whole = model.call(Close.Rows(Ids), null);

        var pieces = new List<Tensor>();
        foreach (var (from, count) in new[] { (0, 3), (3, 1), (4, 1), (5, 4), (9, 1), (10, 2) })
        {
            pieces.Add(model.Head(model.Hidden(Close.Rows(Ids[from..(from + count)]), null, cache)));
        }

        Close.To(whole, cat(pieces, 1), 1e-5);
        var full = Assert.Throws<ArgumentException>(() => model.Hidden(Close.Rows([1]), null, cache));
        Assert.Contains("room for 0 of 12", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_refuses_rows_that_cannot_go_on()
    {
        using var scope = NewDisposeScope();
        using var model = Random(Small);
        using var cache = new KvCache(model, 1, 8);

        string Refusal(TokenLayout layout) => Assert.Throws<ArgumentException>(() => model.Hidden(Close.Rows([1, 2, 3]), layout, cache)).Message;

        Assert.Contains("padded on the right", Refusal(TokenLayout.Padded(Close.Rows([1, 1, 0]))), StringComparison.Ordinal);
        Assert.Contains("several documents", Refusal(TokenLayout.Packed(Close.Rows([1, 1, 2]))), StringComparison.Ordinal);
        model.Hidden(Close.Rows([1, 2, 3]), TokenLayout.Padded(Close.Rows([0, 1, 1])), cache);
        Assert.Contains("already holds 3 tokens", Refusal(TokenLayout.Padded(Close.Rows([0, 1, 1]))), StringComparison.Ordinal);
    }

    [Fact]
    public void Bf16_products_on_fp32_weights_stay_near_and_leave_fp32_gradients()
    {
        using var scope = NewDisposeScope();
        using var model = Random(Small);
        var exact = model.call(Close.Rows(Ids), null).detach();

        model.ComputeType = ScalarType.BFloat16;
        var half = model.call(Close.Rows(Ids), null);
        half.to(ScalarType.Float32).square().mean().backward();

        Assert.Equal(ScalarType.BFloat16, half.dtype);
        Close.To(exact, half, 0.03 * exact.abs().max().item<float>());
        Assert.All(model.parameters(), weight => Assert.Equal((ScalarType.Float32, ScalarType.Float32), (weight.dtype, weight.grad!.dtype)));
    }

    [Fact]
    public void A_copy_is_equal_and_independent()
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var model = Random(Small);
        using var copy = model.Copy();
        var before = copy.call(Close.Rows(Ids), null);
        Assert.True(before.eq(model.call(Close.Rows(Ids), null)).all().item<bool>());

        foreach (var weight in model.parameters())
        {
            weight.mul_(1.5);
        }

        Assert.True(before.eq(copy.call(Close.Rows(Ids), null)).all().item<bool>());
    }

    [Fact]
    public void Equal_seeds_draw_equal_weights_of_the_stated_spread()
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var first = Mistral.Random(MistralConfig.Tiny, 7);
        using var second = Mistral.Random(MistralConfig.Tiny, 7);
        using var third = Mistral.Random(MistralConfig.Tiny, 8);
        var weights = first.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);

        Assert.All(second.named_parameters(), pair => Assert.True(pair.parameter.eq(weights[pair.name]).all().item<bool>(), pair.name));
        Assert.False(third.parameters().First().eq(first.parameters().First()).all().item<bool>());
        Assert.Equal(MistralConfig.Tiny.ParameterCount, weights.Values.Sum(weight => weight.numel()));
        Spread(weights["model.embed_tokens.weight"], 0.05);
        Spread(weights["lm_head.weight"], 0.02);
        Spread(weights["model.layers.1.self_attn.q_proj.weight"], 0.6 / Math.Sqrt(192));
        Spread(weights["model.layers.2.mlp.down_proj.weight"], 0.6 / Math.Sqrt(512) / Math.Sqrt(8));
    }

    /// <summary>The file lists the tensors of the published Mistral-7B-v0.1 checkpoint.</summary>
    [Fact]
    public void Mistral_7B_has_the_published_tensors()
    {
        using var model = new Mistral(MistralConfig.Mistral7B, META, ScalarType.BFloat16);

        var names = model.named_parameters().Select(pair => $"{pair.name} [{string.Join(", ", pair.parameter.shape)}]").Order(StringComparer.Ordinal);

        Assert.Equal(File.ReadAllLines(Path.Combine(GoldenFiles.RepositoryRoot, "tests", "Zephyr.Tests", "Model", "mistral-7b-tensors.txt")), names);
        Assert.Equal(7_241_732_096, MistralConfig.Mistral7B.ParameterCount);
        Assert.Equal(7_241_732_096, model.parameters().Sum(weight => weight.numel()));
        Assert.Equal(134_515_008, MistralConfig.SmolLm2_135M.ParameterCount);
    }

    [Fact]
    public void Passes_leave_no_tensor_behind()
    {
        using var model = Random(Small);
        using var ids = Close.Rows(Ids);
        using var layout = new Holder(TokenLayout.Packed(ids.gt(6).to(ScalarType.Int64) + 1));
        Pass();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 5; i++)
        {
            Pass();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Pass()
        {
            using var scope = NewDisposeScope();
            (model.call(ids, null).sum() + model.call(ids, layout.Layout).sum()).backward();
            foreach (var weight in model.parameters())
            {
                weight.grad = null;
            }
        }
    }

    [Fact]
    public void Ids_of_a_wrong_shape_or_type_are_refused()
    {
        using var scope = NewDisposeScope();
        using var model = Random(Small);

        Assert.Contains("64-bit integers [batch, time]", Assert.Throws<ArgumentException>(() => model.call(tensor(new long[] { 1, 2 }), null)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => model.call(tensor(new[] { 1, 2 }).unsqueeze(0), null));
        Assert.Contains("[1, 3]", Assert.Throws<ArgumentException>(() => model.call(Close.Rows([1, 2]), TokenLayout.Packed(Close.Rows([1, 1, 1])))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_model_loads_equal_and_saving_twice_gives_the_same_bytes()
    {
        using var none = no_grad();
        using var model = Random(Small with { TieEmbeddings = true, SlidingWindow = 6 });
        using var folders = new TemporaryFolder();
        model.Save(folders.At("one"));
        model.Save(folders.At("two"));

        using var loaded = Mistral.Load(folders.At("one"));

        Assert.Equal(model.Config, loaded.Config);
        Assert.All(model.named_parameters().Zip(loaded.named_parameters()), pair => Assert.True(pair.First.parameter.eq(pair.Second.parameter).all().item<bool>()));
        foreach (var file in new[] { "config.json", "model.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(folders.At("one", file)), File.ReadAllBytes(folders.At("two", file)));
        }
    }

    /// <summary>Weights large enough that every piece matters.</summary>
    private static Mistral Random(MistralConfig config)
    {
        var model = Mistral.Random(config, 3);
        using var none = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (weight, index) in model.parameters().Select((weight, index) => (weight, index)))
        {
            weight.mul_(weight.dim() == 1 ? 0.8 + 0.05 * index : 2);
        }

        return model;
    }

    private static void Spread(Tensor weight, double deviation) => Assert.Equal(deviation, weight.std().item<float>(), 0.03 * deviation);

    private static Tensor Table(double[][] rows) => stack(rows.Select(row => tensor(row)));

    private sealed record Holder(TokenLayout Layout) : IDisposable
    {
        public void Dispose()
        {
            Layout.Positions.Dispose();
            Layout.Documents?.Dispose();
        }
    }
}
