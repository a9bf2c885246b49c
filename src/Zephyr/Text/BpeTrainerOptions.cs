namespace Zephyr.Text;

/// <summary>What kind of vocabulary to train. Names and defaults are SentencePiece's, as Mistral's tokenizer uses them.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>Number of pieces in all: three specials, 256 bytes where asked for, merges and single characters.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Share of all characters in the text that get a piece of their own; the rest is spelt in bytes. 1 covers every character.</summary>
    public double CharacterCoverage { get; init; } = 1;

    /// <summary>Whether there is a piece for every byte, so that nothing is unknown.</summary>
    public bool ByteFallback { get; init; } = true;

    /// <summary>Whether every digit stays a piece of its own.</summary>
    public bool SplitDigits { get; init; } = true;

    /// <summary>Whether every line starts with a space, as encoding will put one there.</summary>
    public bool AddDummyPrefix { get; init; } = true;

    /// <summary>Longest piece, in characters.</summary>
    public int MaxPieceLength { get; init; } = 16;
}
