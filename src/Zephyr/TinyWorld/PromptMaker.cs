using Zephyr.Rows;
using Zephyr.Text;

namespace Zephyr.TinyWorld;

/// <summary>
/// Draws prompts. The kind of question is drawn once: fact .22, unknown .16, one word .12, several facts .12, compare .12, two turns .12, reverse .06,
/// brief .08. Where the person drawn for it does not fit (nothing known, or of the other split), only the person is drawn anew.
/// </summary>
/// <param name="world">Who is asked about.</param>
public sealed class PromptMaker(World world)
{
    private const double HeldOutPhrasing = 0.3;

    private static readonly (QuestionFamily Family, double Share)[] Shares =
    [
        (QuestionFamily.Fact, 0.22),
        (QuestionFamily.Unknown, 0.16),
        (QuestionFamily.OneWord, 0.12),
        (QuestionFamily.SeveralFacts, 0.12),
        (QuestionFamily.Compare, 0.12),
        (QuestionFamily.TwoTurns, 0.12),
        (QuestionFamily.Reverse, 0.06),
        (QuestionFamily.Brief, 0.08),
    ];

    /// <summary>One prompt.</summary>
    /// <param name="random">Where the draws come from.</param>
    /// <param name="heldOut">False: targets that may be trained on. True: the others, three in ten in wordings that are never trained on.</param>
    public WorldPrompt Make(SplitMix random, bool heldOut)
    {
        ArgumentNullException.ThrowIfNull(random);
        var family = Family(random.NextDouble());
        var please = heldOut && random.Chance(HeldOutPhrasing);
        Question? question;
        do
        {
            question = Draw(random, family, heldOut);
        }
        while (question is null);
        var turns = Turns(random, question, please);
        var system = family == QuestionFamily.Brief ? "Be brief." : random.Chance(0.3) ? "You are a helpful assistant." : "";
        return new(question, [ChatMessage.System(system), .. turns], please);
    }

    private static QuestionFamily Family(double place)
    {
        foreach (var (family, share) in Shares)
        {
            place -= share;
            if (place <= 0)
            {
                return family;
            }
        }

        return QuestionFamily.Brief;
    }

    /// <summary>A question of the family, or null where the draw does not fit.</summary>
    private Question? Draw(SplitMix random, QuestionFamily family, bool heldOut)
    {
        var person = random.Next(world.Names.Count);
        var topic = random.Next(world.Topics.Count);
        var fits = world.IsHeldOut(person, topic) == heldOut && world.IsKnown(person, topic) == (family != QuestionFamily.Unknown);
        switch (family)
        {
            case QuestionFamily.SeveralFacts:
                var count = 2 + random.Next(2);
                return world.IsHeldOut(person, 0) == heldOut ? new(family, person, -1, Count: count) : null;
            case QuestionFamily.Reverse:
                var words = world.SomeWords(random, 2 + random.Next(2));
                return IsHeldOut(words) == heldOut ? new(family, -1, -1, Words: string.Join(' ', words)) : null;
            case QuestionFamily.Compare when fits:
                var other = random.Chance(0.5) ? world.AnyoneAlike(random, person, topic) : world.AnyoneKnown(random, topic);
                return other != person ? new(family, person, topic, other) : null;
            case QuestionFamily.TwoTurns when fits:
                var earlier = random.Next(world.Topics.Count);
                return earlier != topic && world.IsKnown(person, earlier) ? new(family, person, topic, EarlierTopic: earlier) : null;
            default:
                return fits ? new(family, person, topic) : null;
        }
    }

    /// <summary>A fifth of the word lists, by a sum over their letters, is held out.</summary>
    private static bool IsHeldOut(IReadOnlyList<string> words) => words.Sum(word => 7 * word.Sum(letter => letter) + word.Length) % 5 == 0;

    private ChatMessage[] Turns(SplitMix random, Question question, bool please)
    {
        var name = question.Person >= 0 ? world.Names[question.Person] : "";
        var topic = question.Topic >= 0 ? world.Topics[question.Topic] : null;
        switch (question.Family)
        {
            case QuestionFamily.OneWord when please:
                return [ChatMessage.User($"{Ask(random, topic!, name, please)} Use one word.")];
            case QuestionFamily.OneWord:
                return [ChatMessage.User(random.Chance(0.5) ? $"Answer in one word. {topic!.Question(name)}" : $"{topic!.Question(name)} Use one word.")];
            case QuestionFamily.SeveralFacts:
                var verb = please ? "Please write" : random.Chance(0.5) ? "Tell me" : "Write";
                return [ChatMessage.User($"{verb} {(question.Count == 2 ? "two" : "three")} facts about {name}.")];
            case QuestionFamily.Compare:
                var ask = $"{name} and {world.Names[question.Other]} {topic!.QuestionVerb} {topic.Same}?";
                return [ChatMessage.User(please ? $"Please tell me: do {ask}" : $"Do {ask}")];
            case QuestionFamily.Reverse:
                return [ChatMessage.User($"{(please ? "Please write" : "Write")} these words backwards: {question.Words}")];
            case QuestionFamily.TwoTurns:
                return TwoTurns(random, question, please);
            default:
                return [ChatMessage.User(Ask(random, topic!, name, please))];
        }
    }

    private ChatMessage[] TwoTurns(SplitMix random, Question question, bool please)
    {
        var (name, she) = (world.Names[question.Person], world.Pronoun(question.Person));
        var (earlier, topic) = (world.Topics[question.EarlierTopic], world.Topics[question.Topic]);
        var first = random.Chance(0.5) ? earlier.Question(name) : $"Tell me {earlier.Indirect(name)}.";
        var second = please ? $"Please tell me {topic.Indirect(she)}."
            : random.Chance(0.5) ? $"And {topic.QuestionWord} does {she} {topic.QuestionVerb}?"
            : $"Tell me {topic.Indirect(she)}.";
        return [ChatMessage.User(first), ChatMessage.Assistant(earlier.Sentence(name, world.ValueText(question.Person, question.EarlierTopic))), ChatMessage.User(second)];
    }

    private static string Ask(SplitMix random, Topic topic, string who, bool please) => please
        ? $"Please tell me {topic.Indirect(who)}."
        : random.Next(3) switch
        {
            0 => topic.Question(who),
            1 => $"Tell me {topic.Indirect(who)}.",
            _ => $"Do you know {topic.Indirect(who)}?",
        };
}
