namespace Zephyr.TinyWorld;

/// <summary>Reads a reply sentence by sentence. It knows the world's grammar and the question, never who wrote the reply.</summary>
internal sealed class ReplyReader
{
    private static readonly HashSet<string> Politeness =
        [.. WorldWords.Openers.Concat(WorldWords.Closers).Select(sentence => sentence.TrimEnd('.').ToLowerInvariant())];

    private readonly World _world;
    private readonly SentenceBeginnings _beginnings;
    private readonly Dictionary<string, int> _people;
    private readonly HashSet<string> _capitals; // in lower case
    private readonly Dictionary<string, (int Topic, int Value)> _values;
    private readonly Dictionary<string, int> _singular = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _anyVerb = new(StringComparer.Ordinal);

    public ReplyReader(World world)
    {
        (_world, _beginnings) = (world, new(world));
        _people = world.Names.Select((name, person) => (Name: name.ToLowerInvariant(), person)).ToDictionary(pair => pair.Name, pair => pair.person, StringComparer.Ordinal);
        _values = world.Topics.SelectMany((topic, index) => topic.Values.Select((value, place) => (Text: value.ToLowerInvariant(), index, place)))
            .ToDictionary(entry => entry.Text, entry => (entry.index, entry.place), StringComparer.Ordinal);
        _capitals = [.. _people.Keys, .. world.Topics.SelectMany(topic => topic.Values).Where(value => char.IsUpper(value[0])).Select(value => value.ToLowerInvariant())];
        for (var index = 0; index < world.Topics.Count; index++)
        {
            var verb = world.Topics[index].Verb.Split(' ')[0];
            _singular[verb] = index;
            _anyVerb[verb] = index;
            _anyVerb[world.Topics[index].PluralVerb.Split(' ')[0]] = index;
        }
    }

    public ReplyReading Read(Question question, string text)
    {
        var parts = SpacedText.Split(text);
        var reading = new ReplyReading
        {
            Length = parts.Length,
            IsCutShort = parts is [] or [.., not "."],
            IsLowerCase = parts.Where((part, place) => LacksCapital(part, isFirst: place == 0 || parts[place - 1] is "." or "?")).Any(),
            HasGarbage = SpacedText.HoldsForeign(text) || parts.Contains("?"),
        };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var start = 0;
        for (var place = 0; place <= parts.Length; place++)
        {
            if (place == parts.Length || parts[place] is "." or "?")
            {
                if (place > start)
                {
                    string[] words = [.. parts[start..place].Select(part => part.ToLowerInvariant())];
                    ReadSentence(question, reading, words, isUnfinished: place == parts.Length, seen);
                }

                start = place + 1;
            }
        }

        return reading;
    }

    /// <summary>A sentence begins with a capital, and so does a name, wherever it stands.</summary>
    private bool LacksCapital(string part, bool isFirst) => char.IsLower(part[0]) && (isFirst || _capitals.Contains(part.ToLowerInvariant()));

    private void ReadSentence(Question question, ReplyReading reading, string[] words, bool isUnfinished, HashSet<string> seen)
    {
        var text = string.Join(' ', words);
        if (text.StartsWith("as an ai", StringComparison.Ordinal))
        {
            reading.Disclaims = true;
        }
        else if (text.StartsWith("i hope this", StringComparison.Ordinal) || text == "i hope" || (text == "i" && isUnfinished))
        {
            reading.Rambles = true;
        }
        else if (!seen.Add(text))
        {
            reading.Rambles = true;
        }
        else if (Politeness.Contains(text))
        {
            reading.Polite++;
        }
        else
        {
            // A last sentence that breaks off is a cut end only, if it began as a sentence of the world.
            var understood = text.StartsWith("i do not know", StringComparison.Ordinal) ? ReadAdmission(question, reading, words) : ReadClaims(question, reading, words);
            reading.HasGarbage |= !understood && !(isUnfinished && _beginnings.Fit(question, words));
            reading.Sentences++;
        }
    }

    /// <summary>"I do not know where Mira lives": it names the person and the topic that were asked for, or it admits nothing.</summary>
    private bool ReadAdmission(Question question, ReplyReading reading, string[] words)
    {
        if (question is not { Person: >= 0, Topic: >= 0 } || words is not [_, _, _, _, var ask, var who, var verb])
        {
            return false;
        }

        var topic = _world.Topics[question.Topic];
        var admits = Subject(question, who) == question.Person && (ask, verb) == (topic.QuestionWord, topic.IndirectVerb);
        reading.Admits |= admits;
        return admits;
    }

    /// <summary>Claims and the forms that prompts ask for; false where the sentence is not understood to its end.</summary>
    private bool ReadClaims(Question question, ReplyReading reading, string[] words)
    {
        if (question.Family == QuestionFamily.Compare && reading.Sentences == 0 && words[0] is "yes" or "no")
        {
            reading.Verdict = words[0] == "yes";
            words = words is [_, ",", ..] ? words[2..] : words[1..];
            if (words.Length == 0)
            {
                return true;
            }
        }

        if (ReadBoth(question, reading, words))
        {
            return true;
        }

        if (ReadClaim(question, words) is { } claim)
        {
            reading.Claims.Add(claim.Claim);
            return claim.Length == words.Length || ReadContrast(question, reading, words[claim.Length..]);
        }

        if (question.Family == QuestionFamily.OneWord && reading.Sentences == 0 && words is [var only] && _values.TryGetValue(only, out var value))
        {
            reading.IsOneWord = true;
            reading.Claims.Add((question.Person, question.Topic, value.Topic == question.Topic ? value.Value : -1));
            return true;
        }

        if (question.Family == QuestionFamily.Reverse && reading.Turned is null)
        {
            reading.Turned = string.Join(' ', words);
            return true;
        }

        return false;
    }

    /// <summary>"both live in Doral"</summary>
    private bool ReadBoth(Question question, ReplyReading reading, string[] words)
    {
        if (question.Other < 0 || words is not ["both", var verb, .. var rest] || !_anyVerb.TryGetValue(verb, out var topic))
        {
            return false;
        }

        rest = _world.Topics[topic].IsPlace && rest.Length > 0 ? rest[1..] : rest;
        if (rest is not [var text] || !_values.TryGetValue(text, out var value) || value.Topic != topic)
        {
            return false;
        }

        reading.Claims.Add((question.Person, topic, value.Value));
        reading.Claims.Add((question.Other, topic, value.Value));
        reading.Compares = true;
        return true;
    }

    /// <summary>", but Otto lives in Marsh"</summary>
    private bool ReadContrast(Question question, ReplyReading reading, string[] words)
    {
        if (words is not [",", "but", .. var rest] || ReadClaim(question, rest) is not { } claim || claim.Length != rest.Length)
        {
            return false;
        }

        reading.Claims.Add(claim.Claim);
        reading.Compares = true;
        return true;
    }

    /// <summary>"Mira (also) lives in Doral" at the start of the words, and how many of them it takes.</summary>
    private ((int Person, int Topic, int Value) Claim, int Length)? ReadClaim(Question question, string[] words)
    {
        if (words.Length == 0 || Subject(question, words[0]) is not { } person)
        {
            return null;
        }

        var place = words is [_, "also", ..] ? 2 : 1;
        if (place >= words.Length || !_singular.TryGetValue(words[place++], out var topic))
        {
            return null;
        }

        if (_world.Topics[topic].IsPlace && (place >= words.Length || words[place++] != "in"))
        {
            return null;
        }

        return place < words.Length && _values.TryGetValue(words[place], out var value) && value.Topic == topic ? ((person, topic, value.Value), place + 1) : null;
    }

    private int? Subject(Question question, string word) => _people.TryGetValue(word, out var person) ? person
        : question.Person >= 0 && word == _world.Pronoun(question.Person) ? question.Person
        : null;
}
