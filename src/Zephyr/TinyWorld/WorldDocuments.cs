using Zephyr.Rows;

namespace Zephyr.TinyWorld;

/// <summary>
/// What the base model reads: raw text without the chat's roles, a tenth of it in lower case. First plain documents of five kinds: a person's paragraph
/// (half), two people compared, a page with a question and its answer, words turned round (in a sentence or on a page), an alphabetical list. Then late
/// ones: half of them say that they end, more of them turn words round, and some are logs in which a reader and an editor take turns behind marks that no chat has.
/// </summary>
/// <param name="world">Whose facts are told.</param>
public sealed class WorldDocuments(World world)
{
    /// <summary>What stands behind half of the late documents: the tokenizer's end of text.</summary>
    public const string End = "</s>";

    private const long LateStream = -1; // no place of the plain stream
    private const double Ended = 0.5;
    private const double AnswerOnItsOwnLine = 0.5;
    private const double SentenceOnItsOwnLine = 0.3;
    private const double BackwardsOnItsOwnPage = 0.5;

    /// <summary>The marks before the turns of a log, in their order; spelt as role tags are, but none of the chat's.</summary>
    public static IReadOnlyList<string> LogMarks { get; } = ["<|reader|>", "<|editor|>"];

    /// <summary>Plain documents without number, each a pure function of the seed and its place; none says that it ends.</summary>
    /// <param name="seed">The stream.</param>
    /// <param name="pages">Whether half of the words turned round stand on a page of their own, not in a sentence; the tokenizer is trained without such pages.</param>
    public IEnumerable<string> Plain(long seed, bool pages) => Stream((ulong)seed, random => PlainDocument(random, pages));

    /// <summary>Late documents without number, likewise; half of them end in <see cref="End"/>.</summary>
    public IEnumerable<string> Late(long seed) => Stream(SplitMix.Mix(seed, LateStream), LateDocument);

    private static IEnumerable<string> Stream(ulong seed, Func<SplitMix, string> document)
    {
        for (var place = 0L; ; place++)
        {
            yield return document(new SplitMix(SplitMix.Mix(seed, place)));
        }
    }

    private string PlainDocument(SplitMix random, bool pages)
    {
        var kind = random.NextDouble();
        return SometimesLower(random, kind switch
        {
            < 0.50 => Person(random),
            < 0.64 => Comparison(random),
            < 0.84 => QuestionPage(random),
            < 0.94 => Backwards(random, pages),
            _ => List(random),
        });
    }

    private string LateDocument(SplitMix random)
    {
        var kind = random.NextDouble();
        var text = SometimesLower(random, kind switch
        {
            < 0.40 => Person(random),
            < 0.52 => Comparison(random),
            < 0.72 => QuestionPage(random),
            < 0.88 => Backwards(random, pages: true),
            < 0.92 => List(random),
            _ => Log(random),
        });
        return random.Chance(Ended) ? text + End : text;
    }

    private static string SometimesLower(SplitMix random, string text) => random.Chance(0.1) ? text.ToLowerInvariant() : text;

    private string Person(SplitMix random)
    {
        var person = random.Next(world.Names.Count);
        var order = Enumerable.Range(0, world.Topics.Count).ToArray();
        random.Shuffle<int>(order);
        var sentences = new List<string>();
        foreach (var index in order)
        {
            var first = sentences.Count == 0;
            var topic = world.Topics[index];
            var subject = first || random.Chance(0.35) ? world.Names[person] : SpacedText.Capitalised(world.Pronoun(person));
            if (world.IsKnown(person, index))
            {
                sentences.Add(topic.Sentence(subject, world.ValueText(person, index)));
            }
            else if (random.Chance(0.8))
            {
                sentences.Add($"Nobody knows {topic.Indirect(first || random.Chance(0.5) ? world.Names[person] : world.Pronoun(person))}.");
            }
        }

        return string.Join(random.Chance(SentenceOnItsOwnLine) ? '\n' : ' ', sentences);
    }

    private string Comparison(SplitMix random)
    {
        var index = random.Next(world.Topics.Count);
        var topic = world.Topics[index];
        var one = world.AnyoneKnown(random, index);
        var other = random.Chance(0.5) ? world.AnyoneAlike(random, one, index) : world.AnyoneKnown(random, index);
        return world.Value(one, index) == world.Value(other, index)
            ? $"{world.Names[one]} and {world.Names[other]} both {topic.PluralVerb} {world.ValueText(one, index)}."
            : $"{world.Names[one]} {topic.Verb} {world.ValueText(one, index)}, but {topic.Sentence(world.Names[other], world.ValueText(other, index))}";
    }

    private string QuestionPage(SplitMix random)
    {
        var person = random.Next(world.Names.Count);
        var index = random.Next(world.Topics.Count);
        var (name, topic) = (world.Names[person], world.Topics[index]);
        var question = random.Chance(0.5) ? topic.Question(name) : $"Do you know {topic.Indirect(name)}?";
        var answer = world.IsKnown(person, index)
            ? random.Chance(0.35)
                ? $"{SpacedText.Capitalised(world.ValueText(person, index))}."
                : topic.Sentence(name, world.ValueText(person, index))
            : $"{(random.Chance(0.5) ? "Nobody knows" : "I do not know")} {topic.Indirect(name)}.";
        return question + (random.Chance(AnswerOnItsOwnLine) ? '\n' : ' ') + answer;
    }

    private string Backwards(SplitMix random, bool pages)
    {
        var words = world.SomeWords(random, 2 + random.Next(2));
        var (given, turned) = (string.Join(' ', words), string.Join(' ', words.Reverse()));
        return pages && random.Chance(BackwardsOnItsOwnPage)
            ? $"{(random.Chance(0.5) ? $"{given} backwards:" : $"Words backwards: {given}")}\n{SpacedText.Capitalised(turned)}."
            : $"{given} backwards is {turned}.";
    }

    /// <summary>Two to four turns, each a remark on someone: nobody is asked and nobody answers.</summary>
    private string Log(SplitMix random)
    {
        var lines = new List<string>();
        for (var (turn, turns) = (0, 2 + random.Next(3)); turn < turns; turn++)
        {
            var (person, index) = (random.Next(world.Names.Count), random.Next(world.Topics.Count));
            var (name, topic) = (world.Names[person], world.Topics[index]);
            lines.Add(LogMarks[turn % LogMarks.Count]);
            lines.Add(world.IsKnown(person, index) ? topic.Sentence(name, world.ValueText(person, index)) : $"Nobody knows {topic.Indirect(name)}.");
        }

        return string.Join('\n', lines);
    }

    private string List(SplitMix random)
    {
        var topic = random.Pick(world.Topics);
        var some = topic.Values.Order(StringComparer.Ordinal).Where(_ => random.Chance(0.6));
        return $"{topic.Category}: {string.Join(", ", some)}.";
    }
}
