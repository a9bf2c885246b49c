using System.Globalization;
using System.Text;

namespace Zephyr.Text;

/// <summary>What may be one piece: no space but in front, digits alone, one script (so <c>&lt;|</c> and <c>user</c> never join).</summary>
internal static class PieceRules
{
    private const int Common = 0;
    private const int Latin = 1;
    private const int Han = 2; // with both kana

    /// <summary>Ranges of code points by script, 3 and up by place in this list; a script may stand on several lines.</summary>
    private static readonly (int First, int Last, int Script)[] Scripts =
    [
        (0x0370, 0x03FF, 3), (0x1F00, 0x1FFF, 3),                                                               // Greek
        (0x0400, 0x052F, 4), (0x1C80, 0x1C8F, 4), (0x2DE0, 0x2DFF, 4), (0xA640, 0xA69F, 4),                     // Cyrillic
        (0x0530, 0x058F, 5),                                                                                    // Armenian
        (0x0590, 0x05FF, 6), (0xFB1D, 0xFB4F, 6),                                                               // Hebrew
        (0x0600, 0x06FF, 7), (0x0750, 0x077F, 7), (0x08A0, 0x08FF, 7), (0xFB50, 0xFDFF, 7), (0xFE70, 0xFEFE, 7), // Arabic
        (0x0E00, 0x0E7F, 8), (0x0E80, 0x0EFF, 9), (0x0F00, 0x0FFF, 10), (0x1000, 0x109F, 11),                   // Thai, Lao, Tibetan, Myanmar
        (0x10A0, 0x10FF, 12), (0x1200, 0x139F, 13), (0x1780, 0x17FF, 14), (0x1800, 0x18AF, 15),                 // Georgian, Ethiopic, Khmer, Mongolian
        (0x1100, 0x11FF, 16), (0x3130, 0x318F, 16), (0xA960, 0xA97F, 16), (0xAC00, 0xD7FF, 16),                 // Hangul
        (0x2E80, 0x2FDF, Han), (0x3005, 0x3007, Han), (0x3021, 0x3029, Han), (0x3040, 0x30FF, Han), (0x31F0, 0x31FF, Han),
        (0x3400, 0x4DBF, Han), (0x4E00, 0x9FFF, Han), (0xF900, 0xFAFF, Han), (0xFF66, 0xFF9F, Han), (0x20000, 0x3FFFF, Han),
    ];

    /// <summary>Whether a text of <paramref name="length"/> code points may be a piece.</summary>
    public static bool Allow(string text, int length, BpeTrainerOptions options)
    {
        if (length > options.MaxPieceLength || text.AsSpan(1).Contains(BpeVocabulary.Space) || text.Contains('\t'))
        {
            return false;
        }

        var before = -1;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == BpeVocabulary.Space)
            {
                continue;
            }

            if (options.SplitDigits && rune.Value is >= '0' and <= '9')
            {
                return false;
            }

            var script = ScriptOf(rune) ?? before;
            if (before >= 0 && script >= 0 && script != before)
            {
                return false;
            }

            before = script;
        }

        return true;
    }

    /// <summary>The script of a character; null for a combining mark, which takes that of its neighbour.</summary>
    private static int? ScriptOf(Rune rune)
    {
        var category = Rune.GetUnicodeCategory(rune);
        var isLetter = category <= UnicodeCategory.OtherLetter;
        var isMark = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
        if (rune.Value == 0x30FC)
        {
            return Han;
        }

        if (!isLetter && !isMark)
        {
            return Common;
        }

        var index = Array.FindIndex(Scripts, range => rune.Value >= range.First && rune.Value <= range.Last);
        if (index >= 0)
        {
            return Scripts[index].Script;
        }

        // The Indian scripts: one block of 128 each, Devanagari to Sinhala.
        return rune.Value is >= 0x0900 and < 0x0E00 ? 100 + (rune.Value >> 7) : isMark ? null : Latin;
    }
}
