namespace Zephyr.Text;

/// <summary>What special tokens written out in a text (<c>&lt;/s&gt;</c>) mean, and which parts of the text get a space in front.</summary>
public enum SegmentRule
{
    /// <summary>The text is cut at special tokens, and every part gets a space marker of its own: LlamaTokenizer(legacy=True), Zephyr's rule.</summary>
    Legacy,

    /// <summary>The text is cut at special tokens; only a part at the very start of the text gets the marker: LlamaTokenizer(legacy=False).</summary>
    NonLegacy,

    /// <summary>Special tokens in a text are plain characters: SentencePiece itself.</summary>
    PlainText,
}
