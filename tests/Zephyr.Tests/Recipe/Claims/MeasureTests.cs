using Zephyr.Generation;
using Zephyr.Recipe;
using Zephyr.Recipe.Claims;
using Zephyr.TinyWorld;

namespace Zephyr.Tests.Recipe.Claims;

/// <summary>What is read off a reply, on replies written out by hand; which prompts a measure leaves out.</summary>
public class MeasureTests
{
    private static readonly World World = World.Standard;
    private static readonly Question[] Asked = [.. WorldRows.Evaluation(World, "dev", 200).Select(prompt => new QuestionReader(World).Read(WorldRows.PromptOf(prompt)))];

    [Fact]
    public void Each_question_is_asked_what_is_right_or_admitted_and_some_besides_what_is_turned_round()
    {
        Assert.All(Asked, question =>
        {
            double Of(Measure measure) => Value(measure, question, "Nonsense.");
            Assert.Equal(question.Family == QuestionFamily.Unknown, double.IsNaN(Of(Measure.Right)));
            Assert.Equal(question.Family != QuestionFamily.Unknown, double.IsNaN(Of(Measure.Admitted)));
            Assert.Equal(question.Family != QuestionFamily.Reverse, double.IsNaN(Of(Measure.TurnedRound)));
        });
        Assert.Contains(Asked, question => question.Family == QuestionFamily.Reverse);
        Assert.Contains(Asked, question => question.Family == QuestionFamily.Unknown);
    }

    [Fact]
    public void Words_count_as_turned_round_where_all_stand_in_the_opposite_order()
    {
        var question = Asked.First(question => question.Family == QuestionFamily.Reverse);
        string Sentence(IEnumerable<string> words) => SpacedText.Capitalised(string.Join(' ', words)) + ".";

        Assert.Equal(1, Value(Measure.TurnedRound, question, Sentence(question.WordList.Reverse())));
        Assert.Equal(1, Value(Measure.TurnedRound, question, Sentence(question.WordList.Reverse()).ToLowerInvariant())); // badly written, but turned round
        Assert.Equal(0, Value(Measure.TurnedRound, question, Sentence(question.WordList)));
        Assert.Equal(0, Value(Measure.TurnedRound, question, Sentence(question.WordList.Reverse().Skip(1))));
    }

    private static double Value(Measure measure, Question question, string reply) =>
        RecipeEvidence.Value(measure, question, new WorldJudge(World).Judge(question, reply), new WrittenReply(reply, StopReason.EndOfText), teacher: 3);
}
