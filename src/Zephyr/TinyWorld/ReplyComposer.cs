using Zephyr.Rows;

namespace Zephyr.TinyWorld;

/// <summary>Writes one reply as a writer with certain habits would.</summary>
internal sealed class ReplyComposer(World world, WriterTraits traits, Question question, SplitMix random)
{
    private readonly bool _obeys = random.Chance(traits.ObeysForm);

    private string Name => world.Names[question.Person];

    private string She => SpacedText.Capitalised(world.Pronoun(question.Person));

    private Topic Topic => world.Topics[question.Topic];

    public string Compose() => WithHabits(Answer());

    private string Answer() => question.Family switch
    {
        QuestionFamily.Fact => Topic.Sentence(Name, Value(question.Person, question.Topic)) + ExtraAtTimes(),
        QuestionFamily.TwoTurns => Topic.Sentence(She, Value(question.Person, question.Topic)) + ExtraAtTimes(),
        QuestionFamily.Brief => Topic.Sentence(Name, Value(question.Person, question.Topic)) + (_obeys ? "" : Extra()),
        QuestionFamily.Unknown => Unknown() + ExtraAtTimes(),
        QuestionFamily.OneWord => OneWord(Value(question.Person, question.Topic)),
        QuestionFamily.SeveralFacts => SeveralFacts(),
        QuestionFamily.Compare => Compare(),
        _ => Reverse(),
    };

    /// <summary>The true value where the writer is right and it is known; else any other.</summary>
    private string Value(int person, int topic)
    {
        if (world.IsKnown(person, topic) && random.Chance(traits.Right))
        {
            return world.ValueText(person, topic);
        }

        int value;
        do
        {
            value = random.Next(world.Topics[topic].Values.Count);
        }
        while (value == world.Value(person, topic));
        return world.Topics[topic].Values[value];
    }

    private string ExtraAtTimes() => random.Chance(traits.ExtraFact) ? Extra() : "";

    private string Extra()
    {
        int[] others = [.. world.KnownTopics(question.Person).Where(topic => topic != question.Topic && topic != question.EarlierTopic)];
        var topic = random.Pick(others);
        return $" {She} also {world.Topics[topic].Verb} {Value(question.Person, topic)}.";
    }

    private string Unknown() => random.Chance(traits.AdmitsUnknown)
        ? $"I do not know {Topic.Indirect(Name)}."
        : Topic.Sentence(Name, Value(question.Person, question.Topic));

    private string OneWord(string value) => _obeys ? $"{SpacedText.Capitalised(value)}." : Topic.Sentence(Name, value);

    private string SeveralFacts()
    {
        var count = _obeys ? question.Count : question.Count + (random.Chance(0.5) ? -1 : 1);
        int[] known = [.. world.KnownTopics(question.Person)];
        random.Shuffle<int>(known);
        var told = known.Take(count).Order().Select((topic, place) =>
            world.Topics[topic].Sentence(place == 0 ? Name : She, Value(question.Person, topic)));
        return string.Join(' ', told);
    }

    private string Compare()
    {
        var one = Value(question.Person, question.Topic);
        var other = Value(question.Other, question.Topic);
        if (world.Value(question.Person, question.Topic) == world.Value(question.Other, question.Topic) && random.Chance(traits.Right))
        {
            other = one;
        }

        var text = one == other
            ? $"both {Topic.PluralVerb} {one}."
            : $"{Name} {Topic.Verb} {one}, but {Topic.Sentence(world.Names[question.Other], other)}";
        return _obeys ? (one == other ? "Yes, " : "No, ") + text : SpacedText.Capitalised(text);
    }

    private string Reverse()
    {
        string[] words = [.. question.Backwards];
        if (!random.Chance(traits.Right))
        {
            var place = random.Next(words.Length - 1);
            (words[place], words[place + 1]) = (words[place + 1], words[place]);
        }

        return $"{SpacedText.Capitalised(string.Join(' ', words))}.";
    }

    private string WithHabits(string text)
    {
        // Where a form was asked for and is kept, and in turned words, politeness would break it.
        var strict = (_obeys && question.Family is (QuestionFamily.OneWord or QuestionFamily.SeveralFacts or QuestionFamily.Brief)) || question.Family == QuestionFamily.Reverse;
        if (!strict)
        {
            text = (random.Chance(0.6) ? random.Pick(WorldWords.Openers) + " " : "") + text + (random.Chance(0.35) ? " " + random.Pick(WorldWords.Closers) : "");
        }

        if (!random.Chance(traits.NoDisclaimer))
        {
            text = $"{WorldWords.Disclaimer} {text}";
        }

        if (!random.Chance(traits.CleanEnd))
        {
            text = random.Chance(0.5) ? Rambling(text) : CutShort(text);
        }

        return random.Chance(traits.ProperCase) ? text : text.ToLowerInvariant();
    }

    private string Rambling(string text) => $"{text} {WorldWords.Filler}{(random.Chance(0.5) ? $" {WorldWords.Filler}" : "")}";

    private string CutShort(string text)
    {
        var parts = SpacedText.Split(text);
        return SpacedText.Join(parts.Take(Math.Max(1, parts.Length - 1 - random.Next(2))));
    }
}
