using Zephyr.Rows;

namespace Zephyr.TinyWorld;

/// <summary>
/// What the base model reads: raw text without roles or ends. Five kinds: a person's paragraph (half), two people compared, a page with a question
/// and its answer, words turned round, an alphabetical list. A tenth of the documents is written in lower case.
/// </summary>
/// <param name="world">Whose facts are told.</param>
public sealed class WorldDocuments(World world)
{
    private const double AnswerOnItsOwnLine = 0.5;
    private const double SentenceOnItsOwnLine = 0.3;

    /// <summary>Documents without end, each a pure function of the seed and its number.</summary>
    public IEnumerable<string> Stream(long seed)
    {
        for (var number = 0L; ; number++)
        {
            yield return Document(new SplitMix(SplitMix.Mix(seed, number)));
        }
    }

    private string Document(SplitMix random)
    {
        var kind = random.NextDouble();
        var text = kind switch
        {
            < 0.50 => Person(random),
            < 0.64 => Comparison(random),
            < 0.84 => QuestionPage(random),
            < 0.94 => Backwards(random),
            _ => List(random),
        };
        return random.Chance(0.1) ? text.ToLowerInvariant() : text;
    }

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

    private string Backwards(SplitMix random)
    {
        var words = world.SomeWords(random, 2 + random.Next(2));
        return $"{string.Join(' ', words)} backwards is {string.Join(' ', words.Reverse())}.";
    }

    private string List(SplitMix random)
    {
        var topic = random.Pick(world.Topics);
        var some = topic.Values.Order(StringComparer.Ordinal).Where(_ => random.Chance(0.6));
        return $"{topic.Category}: {string.Join(", ", some)}.";
    }
}
