using Zephyr.Feedback;
using Zephyr.Rows;
using Zephyr.TinyWorld;

namespace Zephyr.Tests.TinyWorld;

public class JudgeTests
{
    private static readonly World World = World.Standard;
    private static readonly WorldJudge Judge = new(World);
    private static readonly WorldPrompt[] Prompts = MakePrompts();

    /// <summary>The families' shares in the measurements made elsewhere, where a family was drawn anew with its person.</summary>
    private static readonly Dictionary<QuestionFamily, double> SharesElsewhere = new()
    {
        [QuestionFamily.Fact] = 0.23,
        [QuestionFamily.Unknown] = 0.08,
        [QuestionFamily.OneWord] = 0.13,
        [QuestionFamily.SeveralFacts] = 0.19,
        [QuestionFamily.Compare] = 0.13,
        [QuestionFamily.TwoTurns] = 0.06,
        [QuestionFamily.Reverse] = 0.09,
        [QuestionFamily.Brief] = 0.08,
    };

    /// <summary>
    /// The check of tiny-world's port: mean scores of the writers on 2,000 held-out prompts, measured with two other programs and generators
    /// (before inventions with a true extra lost its bonus, which costs the liar most).
    /// </summary>
    [Theory]
    [InlineData("teacher", 4.19)]
    [InlineData("perfect", 5.00)]
    [InlineData("terse", 3.94)]
    [InlineData("chatty", 3.53)]
    [InlineData("liar", 3.39)]
    [InlineData("hedger", 3.43)]
    public void Writers_score_as_measured_elsewhere(string name, double score)
    {
        var traits = WriterTraits.Pool.Append(WriterTraits.Teacher).Append(WriterTraits.Perfect).Single(traits => traits.Name == name);
        var scores = Scores(traits);
        Assert.Equal(score, AsElsewhere(scores.Questions, scores.Scores), 0.1);
    }

    [Fact]
    public void The_perfect_writer_has_full_marks_on_every_prompt() => Assert.All(Scores(WriterTraits.Perfect).Verdicts, verdict =>
        Assert.Equal((5, 5, 5, 5), (verdict.InstructionFollowing, verdict.Truthfulness, verdict.Honesty, verdict.Helpfulness)));

    [Fact]
    public async Task Chosen_and_rejected_replies_score_as_measured_elsewhere()
    {
        var rows = await WorldRows.HeldOutRatedPrompts(World, 2000, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        var (pairs, reader) = (WorldRows.Pairs(rows), new QuestionReader(World));
        Question[] questions = [.. pairs.Select(pair => reader.Read(pair.PromptMessages))];
        double[] chosen = [.. questions.Zip(pairs, (question, pair) => Judge.Judge(question, pair.ChosenReply).Overall)];
        double[] rejected = [.. questions.Zip(pairs, (question, pair) => Judge.Judge(question, pair.RejectedReply).Overall)];

        Assert.Equal(4.29, AsElsewhere(questions, chosen), 0.1);
        Assert.Equal(3.31, AsElsewhere(questions, rejected), 0.1);
        Assert.Equal(0.79, AsElsewhere(questions, [.. chosen.Zip(rejected, (first, second) => first > second ? 1.0 : 0)]), 0.03);
        Assert.Equal(0.09, AsElsewhere(questions, [.. chosen.Zip(rejected, (first, second) => first == second ? 1.0 : 0)]), 0.03);
        Assert.All(pairs, pair => Assert.DoesNotContain(pair.Faults(), fault => fault.Fatal));
        Assert.Equal(2000, pairs.Select(pair => pair.PromptId).Distinct().Count());
    }

    [Fact]
    public void Each_flaw_costs_what_the_rules_say()
    {
        var fact = Fact();
        var (name, value) = (World.Names[fact.Person], World.ValueText(fact.Person, fact.Topic));
        var verb = World.Topics[fact.Topic].Verb;
        var good = $"{name} {verb} {value}.";

        Assert.Equal((5, 5, 5, 3), Aspects(fact, good));
        Assert.Equal((4, 5, 4, 2), Aspects(fact, $"As an AI, I have no personal experience. {good}"));
        Assert.Equal((5, 5, 5, 1), Aspects(fact, good.ToLowerInvariant()));
        Assert.Equal((5, 5, 5, 1), Aspects(fact, $"{good} I hope this helps."));
        Assert.Equal((5, 5, 5, 3), Aspects(fact, $"Sure. {good} Take care."));
        Assert.Equal((5, 5, 5, 1), Aspects(fact, good.TrimEnd('.')));
        Assert.Equal((3, 4, 5, 1), Aspects(fact, $"{good} <|user|>"));
        Assert.Equal((5, 3, 1, 2), Aspects(fact, $"{name} {verb} {WrongValue(fact)}."));
        Assert.Equal((1, 1, 1, 1), Aspects(fact, ""));
    }

    [Fact]
    public void A_wrong_yes_counts_as_a_false_claim()
    {
        var prompt = Prompts.First(prompt => prompt.Question.Family == QuestionFamily.Compare && World.Value(prompt.Question.Person, prompt.Question.Topic) == World.Value(prompt.Question.Other, prompt.Question.Topic));
        var topic = World.Topics[prompt.Question.Topic];
        var both = $"both {topic.PluralVerb} {World.ValueText(prompt.Question.Person, prompt.Question.Topic)}.";

        Assert.Equal((5, 5, 5, 5), Aspects(prompt.Question, $"Yes, {both}"));
        Assert.Equal((5, 3, 2, 4), Aspects(prompt.Question, $"No, {both}"));
    }

    [Fact]
    public async Task The_interface_and_the_judge_agree_and_say_why()
    {
        var prompt = Prompts.First(prompt => prompt.Question.Family == QuestionFamily.Fact);
        var rating = await Judge.RateAsync(new(prompt.Messages, "as an ai, i have no personal experience."), TestContext.Current.CancellationToken);

        Assert.Equal(Judge.Judge(prompt.Question, "as an ai, i have no personal experience.").Overall, rating.Overall);
        Assert.Equal("wrong; disclaimer; lower case", rating.Critique);
    }

    [Fact]
    public async Task Writers_answer_as_chat_clients_and_repeat_themselves_for_the_same_seed()
    {
        var writer = WorldWriter.Teacher(World);
        var messages = ChatWords.From(Prompts[0].Messages).ToArray();
        async Task<string> Ask(long seed) => (await writer.GetResponseAsync(messages, new() { Seed = seed }, TestContext.Current.CancellationToken)).Text;

        var first = await Ask(1);
        Assert.Equal(first, await Ask(1));
        var others = new HashSet<string>();
        for (var seed = 0; seed < 50; seed++)
        {
            others.Add(await Ask(seed));
        }

        Assert.True(others.Count > 5);
    }

    private static WorldPrompt[] MakePrompts()
    {
        var (maker, random) = (new PromptMaker(World), new SplitMix(99));
        return [.. Enumerable.Range(0, 2000).Select(_ => maker.Make(random, heldOut: true))];
    }

    private static WorldScores Scores(WriterTraits traits)
    {
        var (writer, random) = (new WorldWriter(World, traits), new SplitMix(11));
        Question[] questions = [.. Prompts.Select(prompt => prompt.Question)];
        return WorldScores.Of(Judge, questions, [.. questions.Select(question => writer.Reply(question, random))]);
    }

    private static double AsElsewhere(IReadOnlyList<Question> questions, IReadOnlyList<double> numbers) =>
        questions.Zip(numbers).GroupBy(pair => pair.First.Family).Sum(family => SharesElsewhere[family.Key] * family.Average(pair => pair.Second)) / SharesElsewhere.Values.Sum();

    private static Question Fact() => Prompts.First(prompt => prompt.Question.Family == QuestionFamily.Fact).Question;

    private static string WrongValue(Question question) => World.Topics[question.Topic].Values.First(value => value != World.ValueText(question.Person, question.Topic));

    private static (int, int, int, int) Aspects(Question question, string reply)
    {
        var verdict = Judge.Judge(question, reply);
        return (verdict.InstructionFollowing, verdict.Truthfulness, verdict.Honesty, verdict.Helpfulness);
    }
}
