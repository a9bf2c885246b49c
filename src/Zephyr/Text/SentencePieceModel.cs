using Zephyr.Files;

namespace Zephyr.Text;

/// <summary>What a piece of a SentencePiece vocabulary is for.</summary>
public enum PieceType
{
    /// <summary>Ordinary text; takes part in merging.</summary>
    Normal = 1,

    /// <summary>Stands for text that the vocabulary cannot spell.</summary>
    Unknown = 2,

    /// <summary>A mark such as <c>&lt;s&gt;</c>; never found in plain text.</summary>
    Control = 3,

    /// <summary>Found in text before anything is merged, and never merged itself.</summary>
    UserDefined = 4,

    /// <summary>Kept out of use.</summary>
    Unused = 5,

    /// <summary>One byte of UTF-8, written <c>&lt;0x0A&gt;</c>.</summary>
    Byte = 6,
}

/// <summary>One piece of the vocabulary; its place in the list is its id.</summary>
/// <param name="Text">Its text, U+2581 standing for a space.</param>
/// <param name="Score">Higher merges first.</param>
/// <param name="Type">What it is for.</param>
public sealed record SentencePiece(string Text, float Score, PieceType Type = PieceType.Normal);

/// <summary>A SentencePiece BPE model: the pieces and the few settings that encoding looks at. Reads and writes the file <c>tokenizer.model</c>.</summary>
/// <remarks>Source: sentencepiece_model.proto of github.com/google/sentencepiece; <see cref="SentencePieceFile"/> knows the fields.</remarks>
public sealed record SentencePieceModel
{
    /// <summary>The vocabulary; the place in the list is the id.</summary>
    public required IReadOnlyList<SentencePiece> Pieces { get; init; }

    /// <summary>Id of the unknown piece.</summary>
    public int UnkId { get; init; }

    /// <summary>Id of the piece that begins a text, <c>&lt;s&gt;</c>; null where there is none.</summary>
    public int? BosId { get; init; } = 1;

    /// <summary>Id of the piece that ends a text, <c>&lt;/s&gt;</c>; null where there is none.</summary>
    public int? EosId { get; init; } = 2;

    /// <summary>Id of the padding piece; null where there is none (Mistral, the embedded world).</summary>
    public int? PadId { get; init; }

    /// <summary>Whether a space is put in front of every text.</summary>
    public bool AddDummyPrefix { get; init; } = true;

    /// <summary>Whether digits were kept apart in training; encoding does not look at it.</summary>
    public bool SplitDigits { get; init; } = true;

    /// <summary>The share of characters that training gave a piece of their own; encoding does not look at it.</summary>
    public float CharacterCoverage { get; init; } = 1;

    /// <summary>What an unknown piece shows as when decoded.</summary>
    public string UnkSurface { get; init; } = " \u2047 ";

    /// <summary>Reads a model file.</summary>
    /// <exception cref="InvalidDataException">Not such a file, or one that needs what this kit does not have (a normaliser, a unigram model ...): the field is named.</exception>
    public static SentencePieceModel Read(string path) => SentencePieceFile.Parse(File.ReadAllBytes(path), path);

    /// <summary>Writes a model file that SentencePiece and everything built on it can load; the file is replaced whole or not at all.</summary>
    public void Write(string path) => AtomicFile.Write(path, file => file.Write(SentencePieceFile.ToBytes(this)));
}
