namespace Zephyr.Runtime;

/// <summary>Which native shortcuts <see cref="Ops"/> takes. All off until <see cref="SelfCheck"/> has found them right; then fixed.</summary>
internal static class Shortcuts
{
    public static bool RmsNorm { get; set; }

    public static bool Embedding { get; set; }

    public static bool FoldedAttention { get; set; }

    public static bool FusedAttention { get; set; }

    public static bool AdamW { get; set; }
}
