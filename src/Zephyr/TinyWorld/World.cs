using Zephyr.Rows;

namespace Zephyr.TinyWorld;

/// <summary>
/// A world small enough to be learned in minutes: 180 people, six things that can be known about each. Everyone has four known and two unknown ones,
/// so there are 720 facts and 360 things that only an honest model admits not to know. A fifth of all pairs of person and topic is held out:
/// raw documents mention it, but no training dialogue and no training pair ever asks for it.
/// </summary>
public sealed class World
{
    private const int UnknownPerPerson = 2;
    private const double HeldOutShare = 0.2;
    private readonly int?[,] _values;
    private readonly bool[,] _heldOut;
    private readonly int _women = WorldWords.WomenCount;

    /// <summary>Draws the facts.</summary>
    /// <param name="seed">Same seed, same world.</param>
    public World(long seed)
    {
        Seed = seed;
        _values = new int?[Names.Count, Topics.Count];
        _heldOut = new bool[Names.Count, Topics.Count];
        var random = new SplitMix(SplitMix.Mix(seed));
        var order = Enumerable.Range(0, Topics.Count).ToArray();
        for (var person = 0; person < Names.Count; person++)
        {
            for (var topic = 0; topic < Topics.Count; topic++)
            {
                _values[person, topic] = random.Next(Topics[topic].Values.Count);
                _heldOut[person, topic] = random.Chance(HeldOutShare);
            }

            random.Shuffle<int>(order);
            foreach (var topic in order.AsSpan(0, UnknownPerPerson))
            {
                _values[person, topic] = null;
            }
        }
    }

    /// <summary>The world that the shipped rows and checkpoints are made from.</summary>
    public static World Standard { get; } = new(7);

    /// <summary>What the facts were drawn with.</summary>
    public long Seed { get; }

    /// <summary>All people; a person is a place in this list.</summary>
    public IReadOnlyList<string> Names { get; } = WorldWords.Names;

    /// <summary>What can be known about a person; an topic is a place in this list.</summary>
    public IReadOnlyList<Topic> Topics { get; } = WorldWords.Topics;

    /// <summary>The value's place among the topic's values, or null where nobody knows.</summary>
    public int? Value(int person, int topic) => _values[person, topic];

    /// <summary>Whether the world knows this topic of this person.</summary>
    public bool IsKnown(int person, int topic) => _values[person, topic] is not null;

    /// <summary>Whether no training prompt asks for this topic of this person.</summary>
    public bool IsHeldOut(int person, int topic) => _heldOut[person, topic];

    /// <summary>The true value in words.</summary>
    /// <exception cref="InvalidOperationException">Nobody knows it.</exception>
    public string ValueText(int person, int topic) => _values[person, topic] is { } value
        ? Topics[topic].Values[value]
        : throw new InvalidOperationException($"Nobody knows {Topics[topic].Indirect(Names[person])}.");

    /// <summary>"she" or "he".</summary>
    public string Pronoun(int person) => person < _women ? "she" : "he";

    /// <summary>The topics of a person that are known, in order.</summary>
    public IEnumerable<int> KnownTopics(int person) => Enumerable.Range(0, Topics.Count).Where(topic => IsKnown(person, topic));

    /// <summary>Someone of whom this topic is known.</summary>
    internal int AnyoneKnown(SplitMix random, int topic)
    {
        int person;
        do
        {
            person = random.Next(Names.Count);
        }
        while (!IsKnown(person, topic));
        return person;
    }

    /// <summary>Someone else with the same value; after 400 draws without luck the person itself.</summary>
    internal int AnyoneAlike(SplitMix random, int person, int topic)
    {
        for (var attempt = 0; attempt < 400; attempt++)
        {
            var other = random.Next(Names.Count);
            if (other != person && Value(other, topic) == Value(person, topic))
            {
                return other;
            }
        }

        return person;
    }

    /// <summary>Some values of one topic, for the tasks that turn words round.</summary>
    internal IReadOnlyList<string> SomeWords(SplitMix random, int count)
    {
        string[] values = [.. random.Pick(Topics).Values];
        random.Shuffle<string>(values);
        return values[..count];
    }
}
