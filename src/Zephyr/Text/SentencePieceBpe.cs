using System.Buffers;
using Microsoft.ML.Tokenizers;

namespace Zephyr.Text;

/// <summary>
/// Text to ids and back, exactly as SentencePiece does it for BPE models with byte fallback (Mistral, Zephyr, Llama 2, the embedded world).
/// Thread-safe.
/// </summary>
/// <remarks>Microsoft.ML.Tokenizers' own Llama tokenizer takes equal merges in another order and so gives other ids for code and runs of characters.</remarks>
public sealed class SentencePieceBpe : Tokenizer
{
    private readonly PartEncoder _parts;
    private readonly PieceDecoder _decoder;
    private readonly (string Text, int Id)[] _specials;
    private readonly SearchValues<string> _specialTexts;

    /// <summary>A tokenizer over a model in memory.</summary>
    public SentencePieceBpe(SentencePieceModel model, SegmentRule rule = SegmentRule.Legacy)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Model, Rule) = (model, rule);
        _parts = new(model);
        _decoder = new(model);
        _specials =
        [
            .. model.Pieces.Select((piece, id) => (piece.Text, piece.Type, id)).Where(piece => piece.Type is PieceType.Control or PieceType.Unknown)
                .Select(piece => (piece.Text, piece.id)).OrderByDescending(piece => piece.Text.Length),
        ];
        _specialTexts = SearchValues.Create([.. _specials.Select(special => special.Text)], StringComparison.Ordinal);
    }

    /// <summary>Reads a SentencePiece model file (<c>tokenizer.model</c>).</summary>
    /// <exception cref="InvalidDataException">Damaged, or it asks for what this kit does not have; the field is named.</exception>
    public static SentencePieceBpe Load(string path, SegmentRule rule = SegmentRule.Legacy) => new(SentencePieceModel.Read(path), rule);

    /// <summary>The vocabulary and its settings.</summary>
    public SentencePieceModel Model { get; }

    /// <summary>How special tokens in a text are treated.</summary>
    public SegmentRule Rule { get; }

    /// <summary>Number of ids: they run from 0 to this minus one.</summary>
    public int VocabularySize => Model.Pieces.Count;

    /// <summary>Id that begins a text, <c>&lt;s&gt;</c>.</summary>
    /// <exception cref="InvalidOperationException">The vocabulary has none.</exception>
    public int BosId => Model.BosId ?? throw new InvalidOperationException("This vocabulary has no begin-of-text piece (bos_id is -1).");

    /// <summary>Id that ends a text or a turn, <c>&lt;/s&gt;</c>.</summary>
    /// <exception cref="InvalidOperationException">The vocabulary has none.</exception>
    public int EosId => Model.EosId ?? throw new InvalidOperationException("This vocabulary has no end-of-text piece (eos_id is -1).");

    /// <summary>Id for text that cannot be spelt.</summary>
    public int UnkId => Model.UnkId;

    /// <summary>Id of padding; null where the vocabulary has none (then padding is a matter of masks alone).</summary>
    public int? PadId => Model.PadId;

    /// <summary>The ids of a text.</summary>
    /// <param name="text">Any text; special tokens in it are read by <see cref="Rule"/>.</param>
    /// <param name="addBos">Whether <see cref="BosId"/> stands in front.</param>
    public int[] Encode(string text, bool addBos = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Ids(Find(text), addBos);
    }

    /// <summary>The ids of a text that goes on where another stopped: no space marker in front of its first part.</summary>
    /// <remarks>Equal to the tail of the whole text's ids where no piece spans the seam, as after the line break of a chat header.</remarks>
    public int[] EncodeContinuation(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Ids(Find(text, continues: true), addBos: false);
    }

    /// <summary>The ids of a rendered dialogue and which of them training learns.</summary>
    /// <param name="dialogue">From <see cref="ChatTemplate.Render"/>.</param>
    /// <param name="addBos">Whether <see cref="BosId"/> stands in front (never learned).</param>
    /// <returns>As many ids as flags. Learned is every id from the first to the last that spells a character of a learned span.</returns>
    public (int[] Ids, bool[] Learned) EncodeWithMask(RenderedDialogue dialogue, bool addBos = true)
    {
        ArgumentNullException.ThrowIfNull(dialogue);
        var pieces = Find(dialogue.Text);
        var lead = addBos ? 1 : 0;
        var learned = new bool[pieces.Count + lead];
        var spans = dialogue.Learned;
        for (var (index, span) = (0, 0); index < pieces.Count; index++)
        {
            var (_, start, length) = pieces[index];
            while (span < spans.Count && start >= spans[span].End)
            {
                span++;
            }

            // A marker of no characters is learned inside a span, not at its edge.
            learned[index + lead] = span < spans.Count && (length > 0 ? start + length > spans[span].Start : start > spans[span].Start);
        }

        return (Ids(pieces, addBos), learned);
    }

    /// <summary>The text of some ids; special tokens are left out. The first space, which encoding put there, is dropped.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public override string Decode(IEnumerable<int> ids) => Decode(ids, showSpecial: false);

    /// <summary>The text of some ids.</summary>
    /// <param name="ids">Each from 0 to <see cref="VocabularySize"/> - 1.</param>
    /// <param name="showSpecial">Whether special tokens appear as they are written (<c>&lt;/s&gt;</c>).</param>
    public string Decode(IEnumerable<int> ids, bool showSpecial) => _decoder.Decode(ids, showSpecial);

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        var given = ids.ToArray();
        var text = Decode(given);
        var fits = text.TryCopyTo(destination);
        (idsConsumed, charsWritten) = fits ? (given.Length, text.Length) : (0, 0);
        return fits ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
    }

    /// <summary>A decoder that takes one id at a time and gives text as soon as it is certain.</summary>
    /// <param name="atStart">True for a whole text, whose first space encoding put there; false for a reply that goes on from a prompt.</param>
    public StreamingDecoder StartStream(bool atStart = false) => new(_decoder, atStart);

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var given = text ?? textSpan.ToString();
        var pieces = Find(given);
        var kept = pieces.Take(settings.MaxTokenCount).Select(piece => new EncodedToken(piece.Id, Model.Pieces[piece.Id].Text, piece.Start..(piece.Start + piece.Length)));
        return new() { Tokens = [.. kept], CharsConsumed = Consumed(pieces, given.Length, settings.MaxTokenCount) };
    }

    /// <inheritdoc/>
    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var given = text ?? textSpan.ToString();
        var pieces = Find(given);
        return new()
        {
            Tokens = [.. pieces.Take(settings.MaxTokenCount).Select(piece => piece.Id)],
            CharsConsumed = Consumed(pieces, given.Length, settings.MaxTokenCount),
        };
    }

    private int[] Ids(List<FoundPiece> pieces, bool addBos)
    {
        var lead = addBos ? 1 : 0;
        var ids = new int[pieces.Count + lead];
        if (addBos)
        {
            ids[0] = BosId;
        }

        for (var index = 0; index < pieces.Count; index++)
        {
            ids[index + lead] = pieces[index].Id;
        }

        return ids;
    }

    private static int Consumed(List<FoundPiece> pieces, int length, int most) =>
        pieces.Count <= most ? length : most == 0 ? 0 : pieces[most - 1].Start + pieces[most - 1].Length;

    /// <summary>The pieces of a text with their places: cut at special tokens, then part by part.</summary>
    private List<FoundPiece> Find(string text, bool continues = false)
    {
        var found = new List<FoundPiece>((text.Length / 3) + 4);
        var marker = Model.AddDummyPrefix && !continues;
        for (var start = 0; start < text.Length || start == 0;)
        {
            var rest = text.AsSpan(start);
            var length = Rule == SegmentRule.PlainText ? -1 : rest.IndexOfAny(_specialTexts);
            _parts.Encode(length < 0 ? rest : rest[..length], marker, start, found);
            if (length < 0)
            {
                break;
            }

            var special = Array.Find(_specials, candidate => text.AsSpan(start + length).StartsWith(candidate.Text));
            found.Add(new(special.Id, start + length, special.Text.Length));
            start += length + special.Text.Length;
            marker = Model.AddDummyPrefix && Rule == SegmentRule.Legacy;
        }

        return found;
    }
}
