namespace Zephyr.Runtime;

/// <summary>Which native shortcuts <see cref="Ops"/> takes. All off until <see cref="SelfCheck"/> has found them right; then fixed.</summary>
internal static class Shortcuts
{
    public static bool RmsNorm { get; set; }

    public static bool Embedding { get; set; }

    public static bool FoldedAttention { get; set; }

    public static bool FusedAttention { get; set; }

    public static bool AdamW { get; set; }

    public static bool HostNorm { get; set; }

    public static bool HostSwiGlu { get; set; }

    public static bool HostRotate { get; set; }

    public static bool HostAttention { get; set; }

    public static bool HostLogProbs { get; set; }
}
