using System.Buffers;
using System.Text;

namespace Zephyr.Text;

/// <summary>Ids in, text out, one at a time: a character appears as soon as its last byte is there, and what has appeared is never taken back.</summary>
/// <remarks>Bytes that make no character show as one U+FFFD for each longest part that could have begun one (the Unicode standard's advice). Not thread-safe.</remarks>
public sealed class StreamingDecoder
{
    private readonly PieceDecoder _pieces;
    private readonly List<byte> _pending = new(4);
    private bool _atStart;

    internal StreamingDecoder(PieceDecoder pieces, bool atStart) => (_pieces, _atStart) = (pieces, atStart);

    /// <summary>What appears after this id; empty while a character is unfinished, and for special tokens.</summary>
    public string Push(int id)
    {
        if (_pieces.IsSpecial(id))
        {
            return "";
        }

        var bytes = _pieces.BytesOf(id);
        bytes = _atStart && _pieces.BeginsWithMarker(id) ? bytes[1..] : bytes;
        _atStart = false;

        var text = new StringBuilder();
        foreach (var value in bytes)
        {
            _pending.Add(value);
            Emit(text);
        }

        return text.ToString();
    }

    /// <summary>What the end adds: one U+FFFD for an unfinished character, else nothing.</summary>
    public string Flush()
    {
        var unfinished = _pending.Count > 0;
        _pending.Clear();
        return unfinished ? "\uFFFD" : "";
    }

    private void Emit(StringBuilder text)
    {
        while (_pending.Count > 0)
        {
            var status = Rune.DecodeFromUtf8(_pending.ToArray(), out var rune, out var length);
            if (status == OperationStatus.NeedMoreData)
            {
                return;
            }

            text.Append(rune.ToString()); // U+FFFD where the bytes make no character
            _pending.RemoveRange(0, length);
        }
    }
}
