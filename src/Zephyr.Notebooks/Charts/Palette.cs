namespace Zephyr.Notebooks.Charts;

/// <summary>How a series is drawn.</summary>
/// <param name="Color">As <c>#rrggbb</c>.</param>
/// <param name="Dash">Plotly's word: solid, dash or dot.</param>
internal readonly record struct Pen(string Color, string Dash);

/// <summary>Two accents, told apart by all readers and in grey print; everything else is grey.</summary>
internal static class Palette
{
    public const string First = "#1f6fb4";
    public const string Second = "#d9680f";
    public const string Ink = "#333333";
    public const string Grey = "#8a8a8a";
    public const string Grid = "#e3e3e3";
    public const string Paper = "#ffffff";

    private static readonly Pen[] Pens = [new(First, "solid"), new(Second, "solid"), new("#555555", "solid"), new(First, "dash"), new(Second, "dash"), new("#555555", "dash"), new(First, "dot"), new(Second, "dot")];

    /// <summary>For what is drawn behind: a published run, a closed form.</summary>
    public static Pen Reference { get; } = new(Grey, "dash");

    /// <summary>The n-th series of a chart, from 0.</summary>
    public static Pen Series(int n) => Pens[n % Pens.Length];
}
