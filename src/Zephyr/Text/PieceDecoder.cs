using System.Buffers;
using System.Text;

namespace Zephyr.Text;

/// <summary>What each id stands for, and whole texts from ids.</summary>
internal sealed class PieceDecoder
{
    private readonly byte[][] _bytes;    // UTF-8 of what an id shows; empty for special tokens
    private readonly PieceType[] _types;
    private readonly string[] _names;    // how special tokens are written
    private readonly bool _dropsFirstSpace;

    public PieceDecoder(SentencePieceModel model)
    {
        // With byte pieces nothing in a text is unknown, so <unk> can only have been written out: a special token like the others.
        var unknownShows = model.Pieces.All(piece => piece.Type != PieceType.Byte);
        _types = [.. model.Pieces.Select(piece => piece.Type == PieceType.Unknown && !unknownShows ? PieceType.Control : piece.Type)];
        _names = [.. model.Pieces.Select(piece => piece.Text)];
        _bytes =
        [
            .. model.Pieces.Select((piece, id) => _types[id] switch
            {
                PieceType.Control => [],
                PieceType.Byte => [BpeVocabulary.ByteOf(piece.Text)],
                PieceType.Unknown => Encoding.UTF8.GetBytes(model.UnkSurface),
                _ => Encoding.UTF8.GetBytes(piece.Text.Replace(BpeVocabulary.Space, ' ')),
            }),
        ];
        _dropsFirstSpace = model.AddDummyPrefix;
    }

    /// <summary>The UTF-8 bytes that an id adds to a text; none for a special token.</summary>
    public ReadOnlySpan<byte> BytesOf(int id) => _bytes[Checked(id)];

    /// <summary>Whether the id is a special token.</summary>
    public bool IsSpecial(int id) => _types[Checked(id)] == PieceType.Control;

    /// <summary>Whether the id begins with the space that encoding puts in front of a text.</summary>
    public bool BeginsWithMarker(int id) => _dropsFirstSpace && _types[Checked(id)] == PieceType.Normal && _bytes[id] is [(byte)' ', ..];

    public string Decode(IEnumerable<int> ids, bool showSpecial)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var utf8 = new ArrayBufferWriter<byte>();
        var first = true;
        foreach (var id in ids)
        {
            if (IsSpecial(id) && !showSpecial)
            {
                continue;
            }

            var bytes = IsSpecial(id) ? Encoding.UTF8.GetBytes(_names[id]) : BytesOf(id);
            utf8.Write(first && BeginsWithMarker(id) ? bytes[1..] : bytes);
            first = false;
        }

        return Text(utf8.WrittenSpan);
    }

    /// <summary>UTF-8 to text, one U+FFFD for each byte that is part of no character, as SentencePiece shows them.</summary>
    private static string Text(ReadOnlySpan<byte> utf8)
    {
        if (System.Text.Unicode.Utf8.IsValid(utf8))
        {
            return Encoding.UTF8.GetString(utf8);
        }

        var text = new StringBuilder(utf8.Length);
        while (!utf8.IsEmpty)
        {
            var complete = Rune.DecodeFromUtf8(utf8, out var rune, out var length) == OperationStatus.Done;
            text.Append(complete ? rune.ToString() : "\uFFFD");
            utf8 = utf8[(complete ? length : 1)..];
        }

        return text.ToString();
    }

    private int Checked(int id) => (uint)id < (uint)_types.Length
        ? id
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has ids 0 to {_types.Length - 1}. Do model and tokenizer belong together?");
}
