using System.Buffers;
using System.Runtime.InteropServices;

namespace Zephyr.Text;

/// <summary>
/// Encodes one part of a text (what stands between two special tokens): space marker, user-defined pieces, words.
/// Words that came before are looked up instead of merged again; the result is the same.
/// </summary>
internal sealed class PartEncoder
{
    private const int LongestKept = 24; // characters; rarer words are merged each time
    private readonly Word?[] _words = new Word?[1 << 15]; // by hash; a newcomer replaces. Reads and writes of a slot are atomic.
    private readonly BpeVocabulary _vocabulary;
    private readonly int _unkId;
    private readonly (string Text, int Id)[] _userDefined; // longest first

    public PartEncoder(SentencePieceModel model)
    {
        _vocabulary = new(model);
        _unkId = model.UnkId;
        _userDefined =
        [
            .. model.Pieces.Select((piece, id) => (piece.Text, piece.Type, id)).Where(piece => piece.Type == PieceType.UserDefined)
                .Select(piece => (piece.Text, piece.id)).OrderByDescending(piece => piece.Text.Length),
        ];
    }

    /// <summary>Appends the pieces of <paramref name="part"/>, placed from <paramref name="origin"/> on.</summary>
    /// <param name="part">Text as it is; nothing is normalised.</param>
    /// <param name="marker">Whether a space is put in front.</param>
    /// <param name="origin">Where the part begins in the whole text.</param>
    /// <param name="found">Takes the pieces.</param>
    public void Encode(ReadOnlySpan<char> part, bool marker, int origin, List<FoundPiece> found)
    {
        if (part.IsEmpty)
        {
            return;
        }

        var first = marker ? 1 : 0;
        var pooled = ArrayPool<char>.Shared.Rent(part.Length + first);
        var text = pooled.AsSpan(0, part.Length + first);
        text[0] = BpeVocabulary.Space;
        part.CopyTo(text[first..]);
        text.Replace(' ', BpeVocabulary.Space);
        ReplaceUnpairedSurrogates(text);

        var before = found.Count;
        for (var start = 0; start < text.Length;)
        {
            var end = NextUserDefined(text, start, out var userDefined);
            EncodeBetween(text[start..end], origin + start - first, found);
            if (userDefined is var (piece, id))
            {
                found.Add(new(id, origin + end - first, piece.Length));
                end += piece.Length;
            }

            start = end;
        }

        ArrayPool<char>.Shared.Return(pooled);
        FuseUnknown(found, before);
        if (marker && found[before].Start < origin)
        {
            found[before] = found[before] with { Start = origin, Length = found[before].Length - 1 };
        }
    }

    private void EncodeBetween(ReadOnlySpan<char> text, int origin, List<FoundPiece> found)
    {
        if (!_vocabulary.SpacesOnlyLead)
        {
            Append(CollectionsMarshal.AsSpan(_vocabulary.Merge(text)), origin, found);
            return;
        }

        for (var start = 0; start < text.Length;)
        {
            // A word is a run of spaces and what follows up to the next space.
            var rest = text[start..];
            var spaces = rest.IndexOfAnyExcept(BpeVocabulary.Space);
            var letters = spaces < 0 ? -1 : rest[spaces..].IndexOf(BpeVocabulary.Space);
            var word = letters < 0 ? rest : rest[..(spaces + letters)];
            Append(PiecesOf(word), origin + start, found);
            start += word.Length;
        }
    }

    private ReadOnlySpan<FoundPiece> PiecesOf(ReadOnlySpan<char> word)
    {
        if (word.Length > LongestKept)
        {
            return CollectionsMarshal.AsSpan(_vocabulary.Merge(word));
        }

        ref var slot = ref _words[string.GetHashCode(word) & (_words.Length - 1)];
        var kept = Volatile.Read(ref slot);
        if (kept is null || !word.SequenceEqual(kept.Text))
        {
            kept = new(word.ToString(), [.. _vocabulary.Merge(word)]);
            Volatile.Write(ref slot, kept);
        }

        return kept.Pieces;
    }

    private static void Append(ReadOnlySpan<FoundPiece> pieces, int origin, List<FoundPiece> found)
    {
        foreach (var piece in pieces)
        {
            found.Add(piece with { Start = piece.Start + origin });
        }
    }

    /// <summary>Where the next user-defined piece begins, the longest first at each place; the end where there is none.</summary>
    private int NextUserDefined(ReadOnlySpan<char> text, int start, out (string Text, int Id)? piece)
    {
        for (var at = start; _userDefined.Length > 0 && at < text.Length; at++)
        {
            foreach (var candidate in _userDefined)
            {
                if (text[at..].StartsWith(candidate.Text))
                {
                    piece = candidate;
                    return at;
                }
            }
        }

        piece = null;
        return text.Length;
    }

    /// <summary>Neighbouring unknown characters are one unknown piece.</summary>
    private void FuseUnknown(List<FoundPiece> found, int from)
    {
        var kept = from;
        for (var index = from; index < found.Count; index++)
        {
            if (kept > from && found[index].Id == _unkId && found[kept - 1].Id == _unkId)
            {
                found[kept - 1] = found[kept - 1] with { Length = found[kept - 1].Length + found[index].Length };
            }
            else
            {
                found[kept++] = found[index];
            }
        }

        found.RemoveRange(kept, found.Count - kept);
    }

    /// <summary>Half a surrogate pair is no character: it becomes U+FFFD, as every UTF-8 encoder makes it.</summary>
    private static void ReplaceUnpairedSurrogates(Span<char> text)
    {
        for (var at = text.IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0 && at < text.Length;)
        {
            var paired = char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
            text[at] = paired ? text[at] : '\uFFFD';
            at += paired ? 2 : 1;
            var further = text[at..].IndexOfAnyInRange('\uD800', '\uDFFF');
            at = further < 0 ? text.Length : at + further;
        }
    }

    private sealed record Word(string Text, FoundPiece[] Pieces);
}
