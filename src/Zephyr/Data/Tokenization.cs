using Zephyr.Rows;
using Zephyr.Text;

namespace Zephyr.Data;

/// <summary>Which tokens of a dialogue training learns.</summary>
public enum LossMask
{
    /// <summary>All of them, questions and marks too: what the 2023 trainer did.</summary>
    All,

    /// <summary>The assistant's turns, each with the <c>&lt;/s&gt;</c> that ends it.</summary>
    Assistant,
}

/// <summary>What a reply's ids end with.</summary>
public enum ReplyEnd
{
    /// <summary><c>&lt;/s&gt;</c>: all that a model has to say to stop.</summary>
    EndOfTurn,

    /// <summary><c>&lt;/s&gt;</c> and the line break that the template puts after every turn.</summary>
    LineBreak,
}

/// <summary>Prompt and reply encoded as one text, then told apart.</summary>
/// <param name="Prompt">The ids of the prompt alone.</param>
/// <param name="Reply">What the ids of prompt and reply together have beyond as many ids.</param>
/// <param name="PromptIsPrefix">False where a piece spans the seam: then the reply's ids begin in the wrong place.</param>
public sealed record JointIds(int[] Prompt, int[] Reply, bool PromptIsPrefix);

/// <summary>Rows to token ids: the last step before tensors. Everything begins with <c>&lt;s&gt;</c>.</summary>
/// <param name="tokenizer">Text to ids.</param>
/// <param name="template">Messages to text; null for Zephyr's.</param>
public sealed class Tokenization(SentencePieceBpe tokenizer, ChatTemplate? template = null)
{
    private readonly ChatTemplate _template = template ?? ChatTemplate.Zephyr;

    /// <summary>The ids that a model goes on from: the messages and an open assistant turn.</summary>
    public int[] Prompt(IEnumerable<ChatMessage> messages) => tokenizer.Encode(PromptText(messages), addBos: true);

    /// <summary>The ids of a reply as it follows <see cref="Prompt"/>: together they are the ids of the whole dialogue up to there.</summary>
    public int[] Reply(string reply, ReplyEnd end = ReplyEnd.EndOfTurn) => Ended(tokenizer.EncodeContinuation(_template.Turn(reply)), end);

    /// <summary>A whole dialogue.</summary>
    /// <exception cref="InvalidDataException">There is no assistant turn, so nothing to learn.</exception>
    public TokenizedExample Example(Dialogue dialogue, LossMask mask)
    {
        ArgumentNullException.ThrowIfNull(dialogue);
        var (ids, learned) = tokenizer.EncodeWithMask(_template.Render(dialogue.Messages));
        if (!learned.Contains(true))
        {
            throw new InvalidDataException($"Dialogue {dialogue.Id} has no assistant turn: there is nothing to learn from it. Filter such rows out first.");
        }

        return mask == LossMask.All ? TokenizedExample.AllLearned(ids) : new(ids, learned);
    }

    /// <summary>Dialogues, each cut to its first <paramref name="maxLength"/> ids; one that then has nothing left to learn is dropped and named.</summary>
    /// <param name="dialogues">Rows with at least one assistant turn.</param>
    /// <param name="mask">Which tokens count.</param>
    /// <param name="maxLength">Ids a row may have; null for no limit.</param>
    public TokenizedRows<TokenizedExample> Examples(IEnumerable<Dialogue> dialogues, LossMask mask, int? maxLength = null)
    {
        ArgumentNullException.ThrowIfNull(dialogues);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength ?? 2, 2, nameof(maxLength));
        var (rows, dropped, cut) = (new List<TokenizedExample>(), new List<DroppedRow>(), 0);
        foreach (var (index, dialogue) in dialogues.Index())
        {
            var whole = Example(dialogue, mask);
            var kept = maxLength is { } length ? whole.First(length) : whole;
            if (kept.Targets().Any())
            {
                rows.Add(kept);
                cut += kept.Ids.Length < whole.Ids.Length ? 1 : 0;
            }
            else
            {
                dropped.Add(new(index, $"dialogue {dialogue.Id}: none of its first {kept.Ids.Length} of {whole.Ids.Length} ids is learned"));
            }
        }

        return new(rows, cut, dropped);
    }

    /// <summary>A preference pair, prompt and reply encoded as one text (the way of today's TRL).</summary>
    /// <exception cref="InvalidDataException">A piece spans the seam between prompt and reply.</exception>
    public TokenizedPair Pair(PreferencePair pair, ReplyEnd end = ReplyEnd.LineBreak)
    {
        ArgumentNullException.ThrowIfNull(pair);
        var prompt = PromptText(pair.PromptMessages);
        var (chosen, rejected) = (Joint(prompt, _template.Turn(pair.ChosenReply)), Joint(prompt, _template.Turn(pair.RejectedReply)));
        if (!chosen.PromptIsPrefix || !rejected.PromptIsPrefix)
        {
            throw new InvalidDataException($"Pair {pair.PromptId}: a piece spans the end of the prompt and the start of the reply, so their ids cannot be told apart.");
        }

        return new(chosen.Prompt, Ended(chosen.Reply, end), Ended(rejected.Reply, end));
    }

    /// <summary>Pairs, each side cut to its first <paramref name="maxLength"/> ids; a pair whose prompt alone is that long is dropped and named.</summary>
    /// <param name="pairs">Rows whose sides end in a reply.</param>
    /// <param name="maxLength">Ids that prompt and reply may have together; null for no limit.</param>
    /// <param name="end">What the replies end with before they are cut.</param>
    public TokenizedRows<TokenizedPair> Pairs(IEnumerable<PreferencePair> pairs, int? maxLength = null, ReplyEnd end = ReplyEnd.LineBreak)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength ?? 2, 2, nameof(maxLength));
        var (rows, dropped, cut) = (new List<TokenizedPair>(), new List<DroppedRow>(), 0);
        foreach (var (index, row) in pairs.Index())
        {
            var pair = Pair(row, end);
            var room = (maxLength ?? int.MaxValue) - pair.Prompt.Length;
            if (room > 0)
            {
                rows.Add(new(pair.Prompt, First(pair.Chosen, room), First(pair.Rejected, room)));
                cut += Math.Max(pair.Chosen.Length, pair.Rejected.Length) > room ? 1 : 0;
            }
            else
            {
                dropped.Add(new(index, $"pair {row.PromptId}: its prompt alone has {pair.Prompt.Length} ids, the limit is {maxLength}"));
            }
        }

        return new(rows, cut, dropped);
    }

    /// <summary>Prompt and reply, any texts, encoded as one and told apart by the number of the prompt's ids.</summary>
    public JointIds Joint(string prompt, string reply)
    {
        var (alone, whole) = (tokenizer.Encode(prompt, addBos: true), tokenizer.Encode(prompt + reply, addBos: true));
        return new(alone, whole[Math.Min(alone.Length, whole.Length)..], whole.AsSpan().StartsWith(alone));
    }

    /// <summary>A pair as the released run had it; see <see cref="Data.SeparatePair"/>. No <c>&lt;s&gt;</c> in front.</summary>
    /// <param name="pair">The row.</param>
    /// <param name="maxLength">Ids that prompt and longer reply may have together (the released run: 1,024).</param>
    /// <param name="maxPromptLength">Ids at the end of the prompt that are kept where that is too long (the released run: 512).</param>
    public SeparatePair Separate(PreferencePair pair, int maxLength = 1024, int maxPromptLength = 512)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return Separate(PromptText(pair.PromptMessages), _template.Turn(pair.ChosenReply), _template.Turn(pair.RejectedReply), maxLength, maxPromptLength);
    }

    /// <summary>As <see cref="Separate(PreferencePair, int, int)"/>, for texts.</summary>
    public SeparatePair Separate(string prompt, string chosen, string rejected, int maxLength, int maxPromptLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPromptLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxLength, maxPromptLength);
        var (promptIds, better, worse) = (tokenizer.Encode(prompt), tokenizer.Encode(chosen), tokenizer.Encode(rejected));
        var promptSeen = Seen(promptIds);
        var replies = new[] { better, worse }.Select(ids => (Ids: (int[])[.. ids, tokenizer.EosId], Seen: (bool[])[.. Seen(ids), true])).ToArray();

        var longer = Math.Max(replies[0].Ids.Length, replies[1].Ids.Length);
        var promptCut = promptIds.Length + longer > maxLength && promptIds.Length > maxPromptLength;
        if (promptCut)
        {
            (promptIds, promptSeen) = (promptIds[^maxPromptLength..], promptSeen[^maxPromptLength..]);
        }

        // Both replies are held to the limit, also one that would have fitted, and also when the prompt is shorter than its own limit.
        var limit = promptIds.Length + longer > maxLength ? maxLength - maxPromptLength : int.MaxValue;
        return new(
            [.. promptIds, .. First(replies[0].Ids, limit)],
            [.. promptSeen, .. First(replies[0].Seen, limit)],
            [.. promptIds, .. First(replies[1].Ids, limit)],
            [.. promptSeen, .. First(replies[1].Seen, limit)],
            promptIds.Length,
            promptCut,
            limit < longer);
    }

    private string PromptText(IEnumerable<ChatMessage> messages) => _template.Render(messages, addGenerationPrompt: true).Text;

    private bool[] Seen(int[] ids) => [.. ids.Select(id => id != tokenizer.EosId)];

    private int[] Ended(int[] reply, ReplyEnd end) => end == ReplyEnd.LineBreak ? reply : reply[..(Array.LastIndexOf(reply, tokenizer.EosId) + 1)];

    private static T[] First<T>(T[] items, int count) => items[..Math.Min(items.Length, count)];
}
