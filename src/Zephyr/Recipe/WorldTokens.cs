using Zephyr.Data;
using Zephyr.Rows;
using Zephyr.Text;
using Zephyr.TinyWorld;

namespace Zephyr.Recipe;

/// <summary>From the world's rows to what its trainers read: token ids and masks.</summary>
/// <param name="tokenizer">The world's tokenizer.</param>
public sealed class WorldTokens(SentencePieceBpe tokenizer)
{
    private readonly Tokenization _tokenization = new(tokenizer);

    /// <summary>Rows of raw documents for the base model, each document after <c>&lt;s&gt;</c>; ends are those that the documents carry; every token learned.</summary>
    /// <param name="documents">Documents without end.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="length">Tokens a row.</param>
    public IReadOnlyList<TokenizedExample> Documents(IEnumerable<string> documents, int rows, int length)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var (wanted, ids) = (rows * length, new List<int>());
        foreach (var document in documents)
        {
            ids.AddRange(tokenizer.Encode(document, addBos: true));
            if (ids.Count >= wanted)
            {
                break;
            }
        }

        return Whole(Packing.Wrapped([TokenizedExample.AllLearned([.. ids])], length), length, rows);
    }

    /// <summary>
    /// Rows of dialogues for dSFT. All epochs are one stream, shuffled anew each time, so that no two epochs cut the dialogues at the same places;
    /// every token is learned, as in the released run. A last row that is not full is left out.
    /// </summary>
    /// <param name="dialogues">The dialogues.</param>
    /// <param name="preset">Epochs and row length.</param>
    /// <param name="seed">Decides the order.</param>
    public IReadOnlyList<TokenizedExample> Dialogues(IReadOnlyList<Dialogue> dialogues, SftPreset preset, long seed)
    {
        ArgumentNullException.ThrowIfNull(dialogues);
        ArgumentNullException.ThrowIfNull(preset);
        TokenizedExample[] encoded = [.. dialogues.Select(dialogue => _tokenization.Example(dialogue, LossMask.All))];
        var stream = Enumerable.Range(0, preset.Epochs.Value).SelectMany(epoch => DataOrder.Epoch(encoded.Length, seed, epoch)).Select(row => encoded[row]);
        return Whole(Packing.Wrapped(stream, preset.RowLength.Value), preset.RowLength.Value, int.MaxValue);
    }

    /// <summary>Pairs for dDPO: prompt up to the assistant's header, each reply with its <c>&lt;/s&gt;</c>.</summary>
    public IReadOnlyList<TokenizedPair> Pairs(IEnumerable<PreferencePair> pairs) =>
        [.. pairs.Select(pair => new TokenizedPair(Prompt(pair.PromptMessages), Reply(pair.ChosenReply), Reply(pair.RejectedReply)))];

    /// <summary>A prompt up to the point where the assistant speaks.</summary>
    public int[] Prompt(IEnumerable<ChatMessage> messages) => _tokenization.Prompt(messages);

    /// <summary>The prompts of held-out dialogues.</summary>
    public IReadOnlyList<int[]> Prompts(IEnumerable<Dialogue> dialogues) => [.. dialogues.Select(dialogue => Prompt(WorldRows.PromptOf(dialogue)))];

    /// <summary>A reply as it goes on after the header's line break, with its end.</summary>
    public int[] Reply(string text) => _tokenization.Reply(text);

    /// <summary>A reply's text; a new document that the model began by itself shows as <c>&lt;s&gt;</c>.</summary>
    public string Text(IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var parts = new List<List<int>> { new() };
        foreach (var id in ids)
        {
            if (id == tokenizer.BosId)
            {
                parts.Add([]);
            }
            else
            {
                parts[^1].Add(id);
            }
        }

        return string.Join(" <s> ", parts.Select(part => tokenizer.Decode(part)));
    }

    private static TokenizedExample[] Whole(IEnumerable<TokenizedExample> rows, int length, int count) => [.. rows.Where(row => row.Ids.Length == length).Take(count)];
}
