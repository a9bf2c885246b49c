namespace Zephyr.TinyWorld;

/// <summary>What a reply says, as far as the world's grammar goes: claims, admissions, and how it is put. Made by <see cref="ReplyReader"/>.</summary>
internal sealed class ReplyReading
{
    /// <summary>All claims, true or false, in order. A value of -1 is one of another kind ("tea" where a city was asked for).</summary>
    public List<(int Person, int Topic, int Value)> Claims { get; } = [];

    /// <summary>How many sentences say something (politeness, disclaimers and fillers do not).</summary>
    public int Sentences { get; set; }

    /// <summary>A yes or no at the start of a comparison.</summary>
    public bool? Verdict { get; set; }

    /// <summary>Two people were set side by side.</summary>
    public bool Compares { get; set; }

    /// <summary>"I do not know ..." about what was asked.</summary>
    public bool Admits { get; set; }

    /// <summary>The first sentence of a word task, in lower case.</summary>
    public string? Turned { get; set; }

    /// <summary>The whole answer is one value.</summary>
    public bool IsOneWord { get; set; }

    /// <summary>"As an AI ..."</summary>
    public bool Disclaims { get; set; }

    /// <summary>A sentence came twice, or a filler at all.</summary>
    public bool Rambles { get; set; }

    /// <summary>A sentence or a name in it lacks its capital.</summary>
    public bool IsLowerCase { get; set; }

    /// <summary>It does not end in a full stop.</summary>
    public bool IsCutShort { get; set; }

    /// <summary>A sentence or a sign that the world does not know.</summary>
    public bool HasGarbage { get; set; }

    /// <summary>Polite sentences.</summary>
    public int Polite { get; set; }

    /// <summary>Words and marks.</summary>
    public int Length { get; set; }
}
