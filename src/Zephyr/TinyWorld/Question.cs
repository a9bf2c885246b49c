namespace Zephyr.TinyWorld;

/// <summary>What kind of answer a prompt wants.</summary>
public enum QuestionFamily
{
    /// <summary>One known fact.</summary>
    Fact,

    /// <summary>Something that nobody knows.</summary>
    Unknown,

    /// <summary>A known fact in one word.</summary>
    OneWord,

    /// <summary>Two or three facts about a person.</summary>
    SeveralFacts,

    /// <summary>Whether two people have the same value.</summary>
    Compare,

    /// <summary>A second question about the same person.</summary>
    TwoTurns,

    /// <summary>Words to be written backwards.</summary>
    Reverse,

    /// <summary>A known fact, under a system prompt that asks for brevity.</summary>
    Brief,
}

/// <summary>What a prompt asks, apart from its wording.</summary>
/// <param name="Family">The kind of answer wanted.</param>
/// <param name="Person">Whom it is about; -1 for <see cref="QuestionFamily.Reverse"/>.</param>
/// <param name="Topic">What is asked; -1 for <see cref="QuestionFamily.Reverse"/> and <see cref="QuestionFamily.SeveralFacts"/>.</param>
/// <param name="Other">The second person of a comparison, else -1.</param>
/// <param name="Count">How many facts are wanted, else 0.</param>
/// <param name="EarlierTopic">What the first turn asked, else -1.</param>
/// <param name="Words">The words to be written backwards, blanks between; empty otherwise.</param>
public sealed record Question(QuestionFamily Family, int Person, int Topic, int Other = -1, int Count = 0, int EarlierTopic = -1, string Words = "")
{
    /// <summary>The words to be written backwards, in the order given.</summary>
    public IReadOnlyList<string> WordList => Words.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The words in the order wanted.</summary>
    public IReadOnlyList<string> Backwards => [.. WordList.Reverse()];
}
