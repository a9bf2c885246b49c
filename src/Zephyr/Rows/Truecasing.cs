using System.Text;
using System.Text.RegularExpressions;
using Zephyr.Text;

namespace Zephyr.Rows;

/// <summary>A text with its capitals put right, and how many were.</summary>
/// <param name="Text">The text; the same length as before.</param>
/// <param name="SentenceStarts">Words at the start of a sentence.</param>
/// <param name="Pronouns">"i" on its own.</param>
/// <param name="Names">Words that are mostly written with capitals elsewhere.</param>
public sealed record TruecasedText(string Text, int SentenceStarts, int Pronouns, int Names)
{
    /// <summary>All three together.</summary>
    public int Changes => SentenceStarts + Pronouns + Names;
}

/// <summary>Dialogues with their capitals put right, and how many were.</summary>
/// <param name="Rows">In the order given; ids stay, so that a row can be traced to its source.</param>
/// <param name="ChangedRows">Dialogues with at least one change.</param>
/// <param name="SentenceStarts">Words at the start of a sentence.</param>
/// <param name="Pronouns">"i" on its own.</param>
/// <param name="Names">Words that are mostly written with capitals elsewhere.</param>
public sealed record TruecasedRows(IReadOnlyList<Dialogue> Rows, int ChangedRows, int SentenceStarts, int Pronouns, int Names);

/// <summary>
/// Puts capitals where they belong: at sentence starts, on "i", and on names, which are learned from the data itself: a word is a name where,
/// inside sentences, it is written with a capital more often than without. Code, addresses and words with digits are left alone.
/// </summary>
/// <remarks>The Zephyr paper (4.1) names truecasing heuristics for about 5 % of UltraChat, without the code; these are ours.</remarks>
public sealed partial class Truecasing
{
    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "e.g", "i.e", "etc", "vs", "approx", "cf", "mr", "mrs", "ms", "dr", "prof", "inc", "ltd", "jr", "sr", "p.m", "a.m",
    };

    private Truecasing(IReadOnlyDictionary<string, string> names) => Names = names;

    /// <summary>How each known name is written, by its lower-case form.</summary>
    public IReadOnlyDictionary<string, string> Names { get; }

    /// <summary>Learns names from dialogues.</summary>
    /// <param name="dialogues">The more, the better; wrongly cased ones may be among them, if they are the minority.</param>
    /// <param name="minimumCount">How often a name must have been seen with its capital inside a sentence.</param>
    public static Truecasing Learn(IEnumerable<Dialogue> dialogues, int minimumCount = 3)
    {
        ArgumentNullException.ThrowIfNull(dialogues);
        var forms = new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        foreach (var text in dialogues.SelectMany(dialogue => dialogue.Messages).Select(message => message.Content))
        {
            foreach (var word in Words(text).Where(word => !StartsSentence(text, word.Index)))
            {
                var lower = word.Value.ToLowerInvariant();
                var counts = forms.TryGetValue(lower, out var known) ? known : forms[lower] = new(StringComparer.Ordinal);
                counts[word.Value] = counts.GetValueOrDefault(word.Value) + 1;
            }
        }

        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (lower, counts) in forms.Where(form => form.Key.Length > 1))
        {
            var (form, times) = counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).First();
            if (form != lower && times >= minimumCount && times > counts.GetValueOrDefault(lower))
            {
                names[lower] = form;
            }
        }

        return new(names);
    }

    /// <summary>A text with its capitals put right.</summary>
    public TruecasedText Apply(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var written = new StringBuilder(text);
        var (starts, pronouns, names) = (0, 0, 0);
        foreach (var word in Words(text).Where(word => !word.Value.Any(char.IsUpper)))
        {
            if (Names.TryGetValue(word.Value, out var name))
            {
                written.Remove(word.Index, word.Length).Insert(word.Index, name);
                names++;
            }
            else if (StartsSentence(text, word.Index))
            {
                written[word.Index] = char.ToUpperInvariant(text[word.Index]);
                starts += written[word.Index] == text[word.Index] ? 0 : 1;
            }
            else if (word.Value == "i" && IsPronoun(text, word.Index))
            {
                written[word.Index] = 'I';
                pronouns++;
            }
        }

        return new(written.ToString(), starts, pronouns, names);
    }

    /// <summary>Dialogues with their capitals put right; system messages stay as they are.</summary>
    public TruecasedRows Apply(IEnumerable<Dialogue> dialogues)
    {
        ArgumentNullException.ThrowIfNull(dialogues);
        var rows = new List<Dialogue>();
        var (changed, starts, pronouns, names) = (0, 0, 0, 0);
        foreach (var dialogue in dialogues)
        {
            var cased = dialogue.Messages.Select(message => message.Role == Role.System ? new(message.Content, 0, 0, 0) : Apply(message.Content)).ToArray();
            var any = cased.Any(text => text.Changes > 0);
            rows.Add(any ? dialogue with { Messages = [.. dialogue.Messages.Zip(cased, (message, text) => message with { Content = text.Text })] } : dialogue);
            changed += any ? 1 : 0;
            starts += cased.Sum(text => text.SentenceStarts);
            pronouns += cased.Sum(text => text.Pronouns);
            names += cased.Sum(text => text.Names);
        }

        return new(rows, changed, starts, pronouns, names);
    }

    /// <summary>Words of letters only that stand in prose.</summary>
    private static IEnumerable<Match> Words(string text)
    {
        var kept = Untouchable().Matches(text).Select(match => (match.Index, End: match.Index + match.Length)).ToArray();
        var next = 0;
        foreach (var word in WordPattern().Matches(text).Cast<Match>())
        {
            while (next < kept.Length && kept[next].End <= word.Index)
            {
                next++;
            }

            if (next == kept.Length || word.Index < kept[next].Index)
            {
                yield return word;
            }
        }
    }

    /// <summary>Whether a sentence begins here: nothing before, or white space and before it a full stop, exclamation or question mark.
    /// After a quotation ("why?" asked ...) it is not certain, so it is none.</summary>
    private static bool StartsSentence(string text, int index)
    {
        var at = index - 1;
        while (at >= 0 && "\"'“‘([*_".Contains(text[at], StringComparison.Ordinal))
        {
            at--;
        }

        var space = at;
        while (at >= 0 && char.IsWhiteSpace(text[at]))
        {
            at--;
        }

        if (at < 0)
        {
            return true;
        }

        var end = at;
        while (end > 0 && ")]*_".Contains(text[end], StringComparison.Ordinal))
        {
            end--;
        }

        return at < space && text[end] is '.' or '!' or '?' && !(text[end] == '.' && EndsInAbbreviation(text[..end]));
    }

    /// <summary>"e.g", one letter ("J. Smith"), or another full stop ("well ... no").</summary>
    private static bool EndsInAbbreviation(string before)
    {
        var word = before[(before.LastIndexOfAny([' ', '\n', '\t', '(', '"']) + 1)..];
        return word.Length == 0 || word[^1] == '.' || (word.Length == 1 && char.IsLetter(word[0])) || Abbreviations.Contains(word);
    }

    /// <summary>Not "i.e.", "i)" or part of a compound.</summary>
    private static bool IsPronoun(string text, int index)
    {
        var after = index + 1 < text.Length ? text[index + 1] : ' ';
        var before = index > 0 ? text[index - 1] : ' ';
        return before is not ('-' or '(' or '/' or '.') && (char.IsWhiteSpace(after) || after is '\'' or '’' or ',' or '?' or '!');
    }

    // Code, addresses, and whatever holds a digit, an underscore or an at sign.
    [GeneratedRegex(@"```.*?(?:```|\z)|`[^`\n]+`|\w+://\S+|\bwww\.\S+|\S*[@_\\]\S*|\b\w*\d\w*\b|\b\w+(?:\.\w{2,})+\b", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Untouchable();

    [GeneratedRegex(@"\p{L}[\p{L}\p{M}]*", RegexOptions.CultureInvariant)]
    private static partial Regex WordPattern();
}
