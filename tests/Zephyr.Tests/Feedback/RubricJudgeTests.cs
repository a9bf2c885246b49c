using Microsoft.Extensions.AI;
using Zephyr.Feedback;
using ChatMessage = Zephyr.Text.ChatMessage;

namespace Zephyr.Tests.Feedback;

public class RubricJudgeTests
{
    private const string Answer = "instruction_following: 5\ntruthfulness: 4\nhonesty: N/A\nhelpfulness: 3\noverall: 7.5\nShort and true.\nCould say more.";

    private static readonly JudgeRequest Request = new([ChatMessage.System(""), ChatMessage.User("Where does Mira live?")], "In Doral.");

    [Fact]
    public async Task Ratings_and_reasons_are_read_from_the_answer()
    {
        var rating = await Judge(Answer).RateAsync(Request, TestContext.Current.CancellationToken);
        Assert.Equal(new Rating(5, 4, null, 3, 7.5, "Short and true.\nCould say more."), rating);
        Assert.Equal(4.0, rating.AspectMean);
    }

    [Fact]
    public void The_question_holds_every_aspect_the_prompt_and_the_reply()
    {
        var text = Judge(Answer).Ask(Request);
        Assert.All(Rubric.UltraFeedback.Aspects, aspect => Assert.Contains($"{aspect.Name}: 1 (worst) to 5 (best)", text, StringComparison.Ordinal));
        Assert.Contains("[user]\nWhere does Mira live?", text, StringComparison.Ordinal);
        Assert.EndsWith("[reply to rate]\nIn Doral.\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[system]", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("I like it.", "no line \"instruction_following")]
    [InlineData("instruction_following: 6\ntruthfulness: 4\nhonesty: 4\nhelpfulness: 3\noverall: 7", "rates \"6\", not 1 to 5")]
    [InlineData("instruction_following: good\ntruthfulness: 4\nhonesty: 4\nhelpfulness: 3\noverall: 7", "rates \"good\"")]
    [InlineData("instruction_following: 4.5\ntruthfulness: 4\nhonesty: 4\nhelpfulness: 3\noverall: 7", "not a whole number")]
    public async Task An_answer_of_another_form_is_refused_and_shown(string answer, string message)
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Judge(answer).RateAsync(Request, TestContext.Current.CancellationToken));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_rubric_is_another_judge()
    {
        var other = Rubric.UltraFeedback with { Overall = "How funny is the reply?" };
        Assert.NotEqual(Judge(Answer).Name, new RubricJudge(new FixedClient(Answer), "fake", other).Name);
    }

    private static RubricJudge Judge(string answer) => new(new FixedClient(answer), "fake", Rubric.UltraFeedback);

    private sealed class FixedClient(string answer) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new Microsoft.Extensions.AI.ChatMessage(ChatRole.Assistant, answer)));

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
