using Zephyr.Rows;
using Zephyr.TinyWorld;

namespace Zephyr.Tests.TinyWorld;

/// <summary>Replies that would earn points without earning them: what the rules say of each is written out here by hand.</summary>
public class JudgeLoopholeTests
{
    private static readonly World World = World.Standard;
    private static readonly WorldJudge Judge = new(World);
    private static readonly WorldPrompt[] Prompts = MakePrompts();

    [Theory]
    [InlineData(QuestionFamily.Fact)]
    [InlineData(QuestionFamily.TwoTurns)]
    [InlineData(QuestionFamily.Brief)]
    [InlineData(QuestionFamily.OneWord)]
    public void Not_to_know_what_is_known_is_worth_less_than_the_answer_with_or_without_an_extra(QuestionFamily family)
    {
        var question = Of(family);
        var hedge = $"I do not know {World.Topics[question.Topic].Indirect(World.Names[question.Person])}.";

        Assert.Equal((3, 5, 2, 2), Aspects(question, hedge));
        Assert.Equal((3, 5, 2, 2), Aspects(question, hedge + Extra(question)));
        Assert.Equal((3, 5, 1, 2), Aspects(question, hedge + " " + Answer(question))); // and then to answer all the same
        Assert.True(Judge.Judge(question, hedge + Extra(question)).Overall < Judge.Judge(question, Answer(question)).Overall);
    }

    [Theory]
    [InlineData(QuestionFamily.Fact)]
    [InlineData(QuestionFamily.TwoTurns)]
    [InlineData(QuestionFamily.Unknown)]
    public void An_extra_pays_beside_a_right_answer_only(QuestionFamily family)
    {
        var question = Of(family);
        var topic = World.Topics[question.Topic];
        var wrong = topic.Sentence(World.Names[question.Person], AnotherValue(question));
        var right = family == QuestionFamily.Unknown ? $"I do not know {topic.Indirect(World.Names[question.Person])}." : Answer(question);

        Assert.Equal((5, 5, 5, 3), Aspects(question, right));
        Assert.Equal((5, 5, 5, 5), Aspects(question, right + Extra(question)));
        Assert.Equal((5, 3, 1, 2), Aspects(question, wrong));
        Assert.Equal((5, 3, 1, 2), Aspects(question, wrong + Extra(question)));
    }

    [Fact]
    public void A_capital_at_the_very_beginning_does_not_make_a_reply_cased()
    {
        var question = Of(QuestionFamily.Fact);
        var (right, extra) = (Answer(question), Extra(question));

        Assert.False(Judge.Judge(question, right + extra).IsLowerCase);
        Assert.True(Judge.Judge(question, right + extra.ToLowerInvariant()).IsLowerCase); // a sentence later on
        Assert.True(Judge.Judge(question, $"I do not know {World.Topics[question.Topic].Indirect(World.Names[question.Person]).ToLowerInvariant()}.").IsLowerCase); // a name
        Assert.True(Judge.Judge(question, (right + extra).ToLowerInvariant()).IsLowerCase);
        Assert.Equal((5, 5, 5, 5), Aspects(question, right + extra));
        Assert.Equal((5, 5, 5, 3), Aspects(question, right + extra.ToLowerInvariant())); // no point for good writing, and one off for bad
    }

    [Theory]
    [InlineData(true, "Kettle")]
    [InlineData(false, "kettle")]
    [InlineData(false, "kETTLE")]
    public void A_city_has_its_capital(bool isCased, string written)
    {
        var question = Of(QuestionFamily.Fact);

        Assert.NotEqual(isCased, Judge.Judge(question, $"{World.Names[question.Person]} lives in {written}.").IsLowerCase);
    }

    [Fact]
    public void An_admission_names_what_it_admits()
    {
        var question = Of(QuestionFamily.Unknown);
        var (name, topic) = (World.Names[question.Person], World.Topics[question.Topic]);
        var other = World.Topics.First(one => one != topic && !one.IsPlace);

        Assert.True(Judge.Judge(question, $"I do not know {topic.Indirect(name)}.").IsRight);
        Assert.True(Judge.Judge(question, $"I do not know {topic.Indirect(World.Pronoun(question.Person))}").IsRight); // only the full stop is missing
        Assert.All(
            (string[])["I do not know.", $"I do not know {name}.", $"I do not know {other.Indirect(name)}.", $"I do not know {topic.Indirect(World.Names.First(one => one != name))}.", $"I do not know {topic.QuestionWord} {name}"],
            reply => Assert.Equal((1, 1, 1, 1), Aspects(question, reply)));
    }

    [Theory]
    [InlineData("Mira liv", false)]
    [InlineData("Mira also lives in Dor", false)]
    [InlineData("Otto lives in Doral, but Mira", false)]
    [InlineData("No, both", false)]
    [InlineData("Come back", false)]
    [InlineData("As an", false)]
    [InlineData("I do not know where Mi", false)]
    [InlineData("I do not care", true)]
    [InlineData("Mira lives Doral", true)]
    [InlineData("Nobody knows where Mira", true)]
    [InlineData("Mira lives in tea", true)]
    [InlineData("Mira lives in Doral, but", false)]
    [InlineData("Doral, Vesna", true)]
    public void A_sentence_that_breaks_off_began_as_one_of_the_worlds(string end, bool isGarbage)
    {
        var fact = Of(QuestionFamily.Fact);
        var verdict = Judge.Judge(fact, $"{Answer(fact)} {end}");

        Assert.True(verdict.IsCutShort);
        Assert.Equal(isGarbage, verdict.HasGarbage);
    }

    [Fact]
    public void Who_compares_and_claims_not_to_know_gets_no_full_marks()
    {
        var question = Of(QuestionFamily.Compare, question => World.Value(question.Person, question.Topic) == World.Value(question.Other, question.Topic));
        var topic = World.Topics[question.Topic];
        var yes = $"Yes, both {topic.PluralVerb} {World.ValueText(question.Person, question.Topic)}.";

        Assert.Equal((5, 5, 5, 5), Aspects(question, yes));
        Assert.Equal((3, 5, 2, 2), Aspects(question, $"{yes} I do not know {topic.Indirect(World.Names[question.Person])}."));
    }

    private static WorldPrompt[] MakePrompts()
    {
        var (maker, random) = (new PromptMaker(World), new SplitMix(98));
        return [.. Enumerable.Range(0, 500).Select(_ => maker.Make(random, heldOut: true))];
    }

    private static Question Of(QuestionFamily family, Func<Question, bool>? holds = null) =>
        Prompts.Select(prompt => prompt.Question).First(question => question.Family == family && holds?.Invoke(question) != false);

    private static string Answer(Question question) => World.Topics[question.Topic].Sentence(World.Names[question.Person], World.ValueText(question.Person, question.Topic));

    private static string Extra(Question question)
    {
        var topic = World.KnownTopics(question.Person).First(topic => topic != question.Topic);
        return $" {World.Topics[topic].Sentence($"{char.ToUpperInvariant(World.Pronoun(question.Person)[0])}{World.Pronoun(question.Person)[1..]} also", World.ValueText(question.Person, topic))}";
    }

    private static string AnotherValue(Question question) =>
        World.Topics[question.Topic].Values.First(value => !World.IsKnown(question.Person, question.Topic) || value != World.ValueText(question.Person, question.Topic));

    private static (int, int, int, int) Aspects(Question question, string reply)
    {
        var verdict = Judge.Judge(question, reply);
        return (verdict.InstructionFollowing, verdict.Truthfulness, verdict.Honesty, verdict.Helpfulness);
    }
}
