using Microsoft.Extensions.AI;
using Zephyr.Feedback;
using Zephyr.Rows;
using ChatMessage = Zephyr.Text.ChatMessage;

namespace Zephyr.Tests.Feedback;

public sealed class FeedbackCollectorTests : IDisposable
{
    private static readonly PromptToRate[] Prompts =
    [
        new(0, "made_up", [ChatMessage.System("Be brief."), ChatMessage.User("One?")]),
        new(1, "made_up", [ChatMessage.System(""), ChatMessage.User("Two?"), ChatMessage.Assistant("Yes."), ChatMessage.User("Three?")]),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("zephyr-feedback-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_drawn_writer_answers_once_and_is_rated()
    {
        var rows = await Collect(Writers(6), cache: null);

        Assert.All(rows, row =>
        {
            Assert.Equal(4, row.Models.Distinct().Count());
            Assert.Equal(row.Models, row.Completions.Select(completion => completion.Model));
            Assert.Empty(row.Faults());
            Assert.All(row.Completions, completion =>
            {
                Assert.StartsWith(completion.Model, completion.Response, StringComparison.Ordinal);
                Assert.Equal("4", completion.Annotations["helpfulness"].Rating);
                Assert.Equal("N/A", completion.Annotations["honesty"].Rating);
                Assert.Equal(3.0, completion.FineGrainedScore);
            });
        });
        Assert.Equal("Be brief.", rows[0].Completions[0].CustomSystemPrompt);
        Assert.Equal(Prompts[1].Messages, PromptText.Messages(rows[1].Instruction, ""));
    }

    [Fact]
    public async Task A_rerun_from_the_cache_asks_nobody_and_gives_the_same_rows()
    {
        string first;
        using (var cache = AnswerCache.Open(_folder))
        {
            first = Text(await Collect(Writers(4), cache));
        }

        using var again = AnswerCache.Open(_folder);
        var silent = Enumerable.Range(0, 4).Select(index => new FeedbackWriter($"writer{index}", new FakeClient($"writer{index}", fails: true))).ToArray();
        Assert.Equal(first, Text(await Collect(silent, again)));
    }

    [Fact]
    public async Task A_stop_keeps_what_was_answered()
    {
        var writers = Writers(4);
        using var cache = AnswerCache.Open(_folder);
        await Assert.ThrowsAsync<HttpRequestException>(() => Collect([.. writers[..3], new("writer3", new FakeClient("writer3", fails: true))], cache));
        var kept = cache.Count;

        await Collect(writers, cache);

        Assert.Equal(6, kept); // three answers and three ratings of the first prompt
        Assert.Equal(8, writers.Sum(writer => ((FakeClient)writer.Client).Calls)); // three, then the one that failed, then the second prompt's four
    }

    [Fact]
    public async Task Too_few_writers_are_refused()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Collect(Writers(3), cache: null));
        Assert.Contains("there are 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Noise_moves_the_overall_score_only_and_has_the_asked_deviation()
    {
        var judge = new NoisyJudge(new LengthJudge(), 0.7);
        var prompt = Prompts[0].Messages;
        var ratings = new List<Rating>();
        for (var seed = 0; seed < 4000; seed++)
        {
            ratings.Add(await judge.RateAsync(new(prompt, "four", seed), TestContext.Current.CancellationToken));
        }

        var mean = ratings.Average(rating => rating.Overall);
        Assert.Equal(4, mean, 0.05);
        Assert.Equal(0.7, Math.Sqrt(ratings.Average(rating => (rating.Overall - mean) * (rating.Overall - mean))), 0.03);
        Assert.All(ratings, rating => Assert.Equal(3.0, rating.AspectMean));
        Assert.Equal(ratings[5], await judge.RateAsync(new(prompt, "four", 5), TestContext.Current.CancellationToken));
    }

    private static FeedbackWriter[] Writers(int count) => [.. Enumerable.Range(0, count).Select(index => new FeedbackWriter($"writer{index}", new FakeClient($"writer{index}", fails: false)))];

    private static async Task<List<RatedPrompt>> Collect(FeedbackWriter[] writers, AnswerCache? cache)
    {
        var collector = new FeedbackCollector(writers, new LengthJudge(), new FeedbackOptions { Seed = 5 }, cache);
        return await collector.CollectAsync(Prompts, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
    }

    private static string Text(IEnumerable<RatedPrompt> rows) => string.Join('\n', rows.SelectMany(row => row.Completions).Select(completion => $"{completion.Model} {completion.Response} {completion.OverallScore:R}"));

    private sealed class LengthJudge : IJudge
    {
        public string Name => "length";

        public Task<Rating> RateAsync(JudgeRequest request, CancellationToken cancellation = default) =>
            Task.FromResult(new Rating(2, 3, null, 4, request.Reply.Length, "so long"));
    }

    private sealed class FakeClient(string name, bool fails) : IChatClient
    {
        public int Calls { get; private set; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Calls++;
            return fails
                ? throw new HttpRequestException("down")
                : Task.FromResult(new ChatResponse(new Microsoft.Extensions.AI.ChatMessage(ChatRole.Assistant, $"{name} {messages.Last().Text} {options!.Seed}")));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
