using System.Text.RegularExpressions;
using Zephyr.Text;

namespace Zephyr.TinyWorld;

/// <summary>Understands a prompt of the world from its text alone, so that writers and judge take the same messages as any model behind an endpoint.</summary>
/// <param name="world">Who can be asked about.</param>
public sealed partial class QuestionReader(World world)
{
    private static readonly StringComparer Exact = StringComparer.Ordinal;
    private readonly Dictionary<string, int> _people = world.Names.Select((name, person) => (name, person)).ToDictionary(pair => pair.name, pair => pair.person, Exact);

    private readonly Dictionary<string, int> _verbs = world.Topics
        .SelectMany((topic, index) => new[] { (Verb: topic.QuestionVerb, index), (Verb: topic.IndirectVerb, index) })
        .ToDictionary(pair => pair.Verb, pair => pair.index, Exact);

    /// <summary>What a prompt asks.</summary>
    /// <param name="prompt">All turns before the reply.</param>
    /// <exception cref="ArgumentException">It is not worded in one of the world's ways.</exception>
    public Question Read(IReadOnlyList<ChatMessage> prompt) => TryRead(prompt) ?? throw new ArgumentException(
        $"The world does not understand \"{(prompt.Count > 0 ? prompt[^1].Content : "")}\". It knows questions like \"Where does {world.Names[0]} live?\", "
        + $"\"Tell me what {world.Names[0]} drinks.\", \"Write two facts about {world.Names[0]}.\", \"Do {world.Names[0]} and {world.Names[^1]} keep the same thing?\", "
        + "\"Write these words backwards: tea milk\".", nameof(prompt));

    /// <summary>What a prompt asks, or null where it is not worded in one of the world's ways.</summary>
    public Question? TryRead(IReadOnlyList<ChatMessage> prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (prompt is not [.., { Role: Role.User } last])
        {
            return null;
        }

        if (Backwards().Match(last.Content) is { Success: true } backwards)
        {
            return new(QuestionFamily.Reverse, -1, -1, Words: backwards.Groups["words"].Value);
        }

        if (Facts().Match(last.Content) is { Success: true } facts)
        {
            var count = facts.Groups["count"].Value == "two" ? 2 : 3;
            return Person(facts) is { } person ? new(QuestionFamily.SeveralFacts, person, -1, Count: count) : null;
        }

        if (Both().Match(last.Content) is { Success: true } both)
        {
            return Person(both) is { } one && Person(both, "other") is { } other && Topic(both) is { } topic && both.Groups["same"].Value == world.Topics[topic].Same
                ? new(QuestionFamily.Compare, one, topic, other)
                : null;
        }

        return ReadOne(prompt, last.Content);
    }

    private Question? ReadOne(IReadOnlyList<ChatMessage> prompt, string text)
    {
        var asked = OneWord().Replace(text, "");
        if (Direct().Match(asked) is not { Success: true } match)
        {
            match = Indirect().Match(asked);
        }

        if (!match.Success || Topic(match) is not { } topic || !world.Topics[topic].QuestionWord.Equals(match.Groups["ask"].Value, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (match.Groups["who"].Value is "she" or "he")
        {
            return prompt.FirstOrDefault(message => message.Role == Role.User) is { } first && !ReferenceEquals(first, prompt[^1])
                && TryRead([first]) is { Person: >= 0 } earlier
                && world.Pronoun(earlier.Person) == match.Groups["who"].Value
                ? new(QuestionFamily.TwoTurns, earlier.Person, topic, EarlierTopic: earlier.Topic)
                : null;
        }

        return Person(match) is { } person ? new(FamilyOf(prompt, person, topic, asked != text), person, topic) : null;
    }

    private QuestionFamily FamilyOf(IReadOnlyList<ChatMessage> prompt, int person, int topic, bool oneWord)
    {
        if (oneWord)
        {
            return QuestionFamily.OneWord;
        }

        if (!world.IsKnown(person, topic))
        {
            return QuestionFamily.Unknown;
        }

        return prompt[0] is { Role: Role.System, Content: "Be brief." } ? QuestionFamily.Brief : QuestionFamily.Fact;
    }

    private int? Person(Match match, string group = "who") => _people.TryGetValue(match.Groups[group].Value, out var person) ? person : null;

    private int? Topic(Match match) => _verbs.TryGetValue(match.Groups["verb"].Value, out var topic) ? topic : null;

    [GeneratedRegex("^(Please write|Write) these words backwards: (?<words>[a-zA-Z]+( [a-zA-Z]+)+)[.]?$")]
    private static partial Regex Backwards();

    [GeneratedRegex("^(Please write|Write|Tell me) (?<count>two|three) facts about (?<who>[A-Z][a-z]+)[.]$")]
    private static partial Regex Facts();

    [GeneratedRegex("^(Please tell me: do|Do) (?<who>[A-Z][a-z]+) and (?<other>[A-Z][a-z]+) (?<verb>[a-z]+) (?<same>[a-z ]+)[?]$")]
    private static partial Regex Both();

    [GeneratedRegex("^Answer in one word[.] | Use one word[.]$")]
    private static partial Regex OneWord();

    [GeneratedRegex("^(And )?(?<ask>[Ww]here|[Ww]hat) does (?<who>[A-Z][a-z]+|she|he) (?<verb>[a-z]+)[?]$")]
    private static partial Regex Direct();

    [GeneratedRegex("^(Tell me|Please tell me|Do you know) (?<ask>where|what) (?<who>[A-Z][a-z]+|she|he) (?<verb>[a-z]+)[.?]$")]
    private static partial Regex Indirect();
}
