using System.Text.Json;
using TorchSharp;
using Zephyr.Checkpoints;
using Zephyr.Generation;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Tests.Generation;

public sealed class SamplerTests
{
    private static readonly int[][] Prompts = [[1, 5], [1, 7, 9, 11, 2, 4, 4], [3], [1, 8], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]];

    public static TheoryData<string> Cases => GoldenFiles.Cases("model", "greedy.json");

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Golden", "yes")]
    public void Greedy_text_equals_the_reference_alone_and_in_a_batch(string name)
    {
        using var model = Mistral.Load(GoldenFiles.At("model", name, "hf"));
        using var file = JsonDocument.Parse(File.ReadAllBytes(GoldenFiles.At("model", name, "greedy.json")));
        int[][] Rows(string field) => [.. file.RootElement.GetProperty(field).EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt32()).ToArray())];
        var (prompts, greedy) = (Rows("prompts"), Rows("greedy"));
        var options = SamplingOptions.Greedy with { MaxNewTokens = greedy[0].Length, EndIds = [] };

        Assert.Equal(greedy, Generate(model, prompts, options).Select(reply => reply.Ids));
        Assert.Equal(greedy, prompts.Select(prompt => Generate(model, [prompt], options)[0].Ids));
    }

    [Fact]
    public void A_sample_does_not_depend_on_the_prompts_beside_it()
    {
        using var model = Random();
        var options = new SamplingOptions { MaxNewTokens = 20, Seed = 5 };

        var together = Generate(model, Prompts, options);

        Assert.Equal(Show(together), Show(Generate(model, Prompts, options)));
        Assert.Equal(Show(together), Show(Generate(model, Prompts, options with { BatchSize = 2 })));
        Assert.NotEqual(Show(together), Show(Generate(model, Prompts, options with { Seed = 6 })));
        Assert.True(together.Select(reply => string.Join(" ", reply.Ids)).Distinct().Count() > 1);
    }

    [Fact]
    public void Each_token_is_drawn_from_the_models_own_distribution()
    {
        using var model = Random();
        using var none = no_grad();
        using var scope = NewDisposeScope();
        var wanted = nn.functional.softmax(model.call(tensor(new long[] { 1, 7 }).unsqueeze(0), null)[0, 1], 0).data<float>().ToArray();
        const int Draws = 4000;

        var replies = Generate(model, [.. Enumerable.Repeat(new[] { 1, 7 }, Draws)], new SamplingOptions { MaxNewTokens = 1, EndIds = [], Seed = 1 });

        var counts = replies.CountBy(reply => reply.Ids[0]).ToDictionary();
        var chiSquare = wanted.Select((p, id) => Math.Pow(counts.GetValueOrDefault(id) - Draws * p, 2) / (Draws * p)).Sum();
        Assert.InRange(chiSquare, 3, 45); // 16 degrees of freedom: outside in fewer than 2 of 10,000 seeds
    }

    [Fact]
    public void Replies_say_why_they_stop()
    {
        using var model = Random();
        var free = Generate(model, Prompts, SamplingOptions.Greedy with { MaxNewTokens = 12, EndIds = [] });
        var end = free[1].Ids[4];

        var replies = Generate(model, Prompts, SamplingOptions.Greedy with { MaxNewTokens = 12, EndIds = [end] });

        for (var row = 0; row < Prompts.Length; row++)
        {
            var at = Array.IndexOf(free[row].Ids, end);
            Assert.Equal(at < 0 ? free[row].Ids : free[row].Ids[..at], replies[row].Ids);
            Assert.Equal(at < 0 ? StopReason.Length : StopReason.EndOfText, replies[row].Reason);
        }

        Assert.Equal(StopReason.EndOfText, replies[1].Reason);
    }

    [Fact]
    public void Tokens_are_told_as_they_come_and_a_cancelled_reply_is_what_came()
    {
        using var model = Random();
        using var cancel = new CancellationTokenSource();
        var told = new List<SampledToken>();

        var replies = Sampler.Generate(
            model,
            Prompts,
            SamplingOptions.Greedy with { MaxNewTokens = 9, EndIds = [] },
            token =>
            {
                told.Add(token);
                if (token is { Position: 3 })
                {
                    cancel.Cancel();
                }
            },
            cancel.Token);

        for (var row = 0; row < Prompts.Length; row++)
        {
            Assert.Equal(replies[row].Ids, told.Where(token => token.Row == row).OrderBy(token => token.Position).Select(token => token.Id));
            Assert.Equal((4, StopReason.Cancelled), (replies[row].Ids.Length, replies[row].Reason));
        }
    }

    [Fact]
    public void Fp32_weights_sample_in_fp32_whatever_training_computes_in()
    {
        using var model = Random();
        var options = SamplingOptions.Greedy with { MaxNewTokens = 10 };
        var exact = Show(Generate(model, Prompts, options));

        model.ComputeType = ScalarType.BFloat16;

        Assert.Equal(exact, Show(Generate(model, Prompts, options)));
    }

    [Fact]
    public void Generating_leaves_no_tensor_behind()
    {
        using var model = Random();
        var options = new SamplingOptions { MaxNewTokens = 6 };
        Generate(model, Prompts, options);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Generate(model, Prompts, options);
        Generate(model, Prompts, SamplingOptions.Greedy with { MaxNewTokens = 6 });

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Prompts_that_are_empty_or_foreign_are_refused()
    {
        using var model = Random();

        Assert.Contains("Prompt 1 is empty", Assert.Throws<ArgumentException>(() => Generate(model, [[1], []], SamplingOptions.Greedy)).Message, StringComparison.Ordinal);
        Assert.Contains("token 17; the model knows 0 to 16", Assert.Throws<ArgumentException>(() => Generate(model, [[17]], SamplingOptions.Greedy)).Message, StringComparison.Ordinal);
        Assert.Empty(Generate(model, [], SamplingOptions.Greedy));
    }

    private static string[] Show(IReadOnlyList<Reply> replies) => [.. replies.Select(reply => $"{string.Join(" ", reply.Ids)} {reply.Reason}")];

    private static IReadOnlyList<Reply> Generate(Mistral model, int[][] prompts, SamplingOptions options) =>
        Sampler.Generate(model, prompts, options, cancellation: TestContext.Current.CancellationToken);

    private static Mistral Random()
    {
        var model = Mistral.Random(
            new MistralConfig { VocabSize = 17, HiddenSize = 16, Layers = 2, Heads = 4, KvHeads = 2, HeadSize = 4, FeedForwardSize = 24, SlidingWindow = 6 },
            seed: 2);
        using var none = no_grad();
        foreach (var weight in model.parameters().Where(weight => weight.dim() == 2))
        {
            weight.mul_(4);
        }

        return model;
    }
}
