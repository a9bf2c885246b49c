namespace Zephyr.TinyWorld;

/// <summary>Knows how the world's sentences begin: each is a row of places, and each place takes one of some words.</summary>
internal sealed class SentenceBeginnings
{
    private readonly string[][][] _sentences;
    private readonly string[] _values;

    public SentenceBeginnings(World world)
    {
        _values = [.. world.Topics.SelectMany(topic => Lower(topic.Values))];
        string[] people = [.. Lower(world.Names), "she", "he"];
        string[][][] claims = [.. world.Topics.Select(topic => (string[][])[people, .. Words(topic.Verb), Lower(topic.Values)])];
        string[][][] both = [.. world.Topics.Select(topic => (string[][])[["both"], .. Words(topic.PluralVerb), Lower(topic.Values)])];
        string[][][] told = [.. claims, .. both, .. claims.SelectMany(one => claims.Select(other => (string[][])[.. one, [","], ["but"], .. other]))];
        var fixedSentences = WorldWords.Openers.Concat(WorldWords.Closers).Append(WorldWords.Disclaimer).Append(WorldWords.Filler);
        _sentences =
        [
            .. told,
            .. told.Select(sentence => (string[][])[["yes", "no"], [","], .. sentence]),
            .. claims.Select(claim => (string[][])[claim[0], ["also"], .. claim[1..]]),
            .. world.Topics.Select(topic => (string[][])[.. Words($"i do not know {topic.QuestionWord}"), people, [topic.IndirectVerb]]),
            .. fixedSentences.Select(sentence => Words(string.Join(' ', SpacedText.Split(sentence.TrimEnd('.').ToLowerInvariant())))),
        ];
    }

    /// <summary>Whether some sentence begins with these words; the last of them may be a part of a word.</summary>
    /// <param name="question">A single value is a sentence only where one word was asked for.</param>
    /// <param name="words">In lower case, without a full stop.</param>
    public bool Fit(Question question, string[] words) => _sentences.Any(sentence => Fits(sentence, words))
        || (question.Family == QuestionFamily.OneWord && Fits([_values], words));

    private static bool Fits(string[][] sentence, string[] words)
    {
        if (words.Length > sentence.Length)
        {
            return false;
        }

        for (var place = 0; place < words.Length - 1; place++)
        {
            if (!sentence[place].Contains(words[place]))
            {
                return false;
            }
        }

        return sentence[words.Length - 1].Any(word => word.StartsWith(words[^1], StringComparison.Ordinal));
    }

    private static string[][] Words(string text) => [.. text.Split(' ').Select(word => (string[])[word])];

    private static string[] Lower(IEnumerable<string> words) => [.. words.Select(word => word.ToLowerInvariant())];
}
