using Zephyr.Generation;
using Zephyr.Recipe;
using Zephyr.Recipe.Claims;
using Zephyr.Text;
using Zephyr.TinyWorld;

namespace Zephyr.Tests.Recipe.Claims;

/// <summary>What is read off a reply, on prompts and replies written out by hand; NaN where a measure has nothing to say of the prompt.</summary>
public class MeasureTests
{
    private static readonly World World = World.Standard;

    [Theory]
    [InlineData("Write these words backwards: tea milk", "Milk tea.", 1, double.NaN, 1)]
    [InlineData("Write these words backwards: tea milk", "milk tea.", 1, double.NaN, 1)] // badly written, but turned round
    [InlineData("Write these words backwards: tea milk", "Tea milk.", 0, double.NaN, 0)]
    [InlineData("Write these words backwards: gold brown red", "Red brown.", 0, double.NaN, 0)]
    [InlineData("Write these words backwards: gold brown red", "Red brown gold.", 1, double.NaN, 1)]
    public void Words_are_turned_round_or_not(string prompt, string reply, double right, double admitted, double turnedRound) =>
        Assert.Equal([right, admitted, turnedRound], Values(prompt, reply));

    [Fact]
    public void A_known_fact_is_right_or_not()
    {
        var (person, topic) = Pair(known: true);
        var prompt = World.Topics[topic].Question(World.Names[person]);

        Assert.Equal([1, double.NaN, double.NaN], Values(prompt, World.Topics[topic].Sentence(World.Names[person], World.ValueText(person, topic))));
        Assert.Equal([0, double.NaN, double.NaN], Values(prompt, $"I do not know {World.Topics[topic].Indirect(World.Names[person])}."));
    }

    [Fact]
    public void What_nobody_knows_is_admitted_or_not()
    {
        var (person, topic) = Pair(known: false);
        var prompt = World.Topics[topic].Question(World.Names[person]);

        Assert.Equal([double.NaN, 1, double.NaN], Values(prompt, $"I do not know {World.Topics[topic].Indirect(World.Names[person])}."));
        Assert.Equal([double.NaN, 0, double.NaN], Values(prompt, World.Topics[topic].Sentence(World.Names[person], World.Topics[topic].Values[0])));
    }

    private static (int Person, int Topic) Pair(bool known) =>
        (from person in Enumerable.Range(0, World.Names.Count) from topic in Enumerable.Range(0, World.Topics.Count) where World.IsKnown(person, topic) == known select (person, topic)).First();

    private static double[] Values(string prompt, string reply)
    {
        var question = new QuestionReader(World).Read([ChatMessage.System(""), ChatMessage.User(prompt)]);
        var verdict = new WorldJudge(World).Judge(question, reply);
        return [.. new[] { Measure.Right, Measure.Admitted, Measure.TurnedRound }.Select(measure => RecipeEvidence.Value(measure, question, verdict, new WrittenReply(reply, StopReason.EndOfText), teacher: 3))];
    }
}
