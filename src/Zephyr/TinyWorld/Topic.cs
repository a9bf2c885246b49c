namespace Zephyr.TinyWorld;

/// <summary>One of the six things that can be known about a person, with the words to say it.</summary>
/// <param name="Name">For tables: "city".</param>
/// <param name="Verb">After one person: "lives in".</param>
/// <param name="PluralVerb">After two people: "live in".</param>
/// <param name="QuestionVerb">At the end of a question: "live".</param>
/// <param name="Category">What the values are, as a heading: "Cities".</param>
/// <param name="Values">The twelve values.</param>
public sealed record Topic(string Name, string Verb, string PluralVerb, string QuestionVerb, string Category, IReadOnlyList<string> Values)
{
    /// <summary>Whether one asks "where" and not "what".</summary>
    public bool IsPlace => Name == "city";

    /// <summary>"where" or "what".</summary>
    public string QuestionWord => IsPlace ? "where" : "what";

    /// <summary>The verb at the end of "where Mira lives", without its preposition.</summary>
    public string IndirectVerb => IsPlace ? "lives" : Verb;

    /// <summary>How two people are compared: "in the same place" or "the same thing".</summary>
    public string Same => IsPlace ? "in the same place" : "the same thing";

    /// <summary>"Where does Mira live?"</summary>
    public string Question(string who) => $"{(IsPlace ? "Where" : "What")} does {who} {QuestionVerb}?";

    /// <summary>"where Mira lives".</summary>
    public string Indirect(string who) => $"{QuestionWord} {who} {IndirectVerb}";

    /// <summary>"Mira lives in Doral."</summary>
    public string Sentence(string who, string value) => $"{who} {Verb} {value}.";
}
