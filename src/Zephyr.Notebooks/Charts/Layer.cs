using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks.Charts;

/// <summary>One thing in a chart. Layers are drawn in their order; references first.</summary>
internal abstract record Layer(string Name);

/// <summary>Points joined by a line; a value that is not finite is a gap.</summary>
internal sealed record LineLayer(string Name, double[] X, double[] Y, bool IsReference) : Layer(Name);

/// <summary>Single points, each with a label or none.</summary>
internal sealed record DotsLayer(string Name, double[] X, double[] Y, string[]? Labels) : Layer(Name);

/// <summary>The room between two lines: an interval.</summary>
internal sealed record BandLayer(string Name, double[] X, double[] Low, double[] High) : Layer(Name);

/// <summary>One bar for each category, with an interval or none.</summary>
internal sealed record BarsLayer(string Name, string[] Categories, double[] Values, (double Low, double High)[]? Intervals) : Layer(Name);

/// <summary>How many values fell between neighbouring edges; one edge more than counts.</summary>
internal sealed record HistogramLayer(string Name, double[] Edges, int[] Counts, double Mean) : Layer(Name);

/// <summary>A matrix, first row at the top.</summary>
internal sealed record HeatLayer(string Name, double[,] Values, string[] Rows, string[] Columns) : Layer(Name);

/// <summary>Lines of equal height of z[x, y].</summary>
internal sealed record ContourLayer(string Name, double[] X, double[] Y, double[,] Z, double[] Levels) : Layer(Name);

/// <summary>An arrow between two points.</summary>
internal sealed record ArrowLayer(string Name, double FromX, double FromY, double ToX, double ToY) : Layer(Name);

/// <summary>A straight line across the chart at one value.</summary>
internal sealed record RuleLayer(string Name, double At, bool IsVertical) : Layer(Name);

/// <summary>Title, range and scale of one axis.</summary>
internal sealed record Axis(string Title, double? From = null, double? To = null, bool IsLog = false);

/// <summary>All that a renderer needs to know.</summary>
internal sealed record Figure(string Title, Axis X, Axis Y, IReadOnlyList<Layer> Layers, int Width, int Height)
{
    /// <summary>References first, so that they lie behind.</summary>
    public IEnumerable<Layer> DrawingOrder => Layers.OrderBy(layer => layer switch
    {
        HeatLayer or ContourLayer => 0,
        BandLayer => 1,
        LineLayer { IsReference: true } or RuleLayer => 2,
        _ => 3,
    });

    /// <summary>The pen of each layer that has a colour of its own, counted in the order of adding. A band shares the pen of the line of its name.</summary>
    public Pen PenOf(Layer layer)
    {
        if (layer is LineLayer { IsReference: true } or RuleLayer)
        {
            return Palette.Reference;
        }

        var names = Layers.Where(HasPen).Select(l => l.Name).Distinct().ToList();
        return Palette.Series(Math.Max(0, names.IndexOf(layer.Name)));
    }

    /// <summary>Whether a matrix shows its numbers: there are few of them, and each fits into its cell.</summary>
    public bool ShowsValues(HeatLayer heat) => heat.Values.Length <= 144
        && heat.Values.Cast<double>().Select(Numbers.Short).DefaultIfEmpty("").Max(text => text.Length) <= LettersAColumn(heat.Columns.Length);

    /// <summary>How many letters have room below or in one of so many columns.</summary>
    public double LettersAColumn(int columns) => (Width - 110.0) / columns / 8.5; // pixels beside the columns; pixels a letter, with the space between two texts

    /// <summary>The share of the chart's height that the name of a line needs above it.</summary>
    public double RoomOfAName => Math.Max(0.08, 18.0 / (Height - 120)); // pixels of a text and its distance; pixels beside the axis

    /// <summary>Whether the name of a line across the chart fits between it and the upper end of the axis; where the axis has no given end, room is made.</summary>
    public bool HasRoomAbove(RuleLayer rule)
    {
        double Place(double value) => Y.IsLog ? Math.Log(value) : value;
        return !rule.IsVertical && (Y is not { From: { } from, To: { } to } || Place(to) - Place(rule.At) > RoomOfAName * (Place(to) - Place(from)));
    }

    /// <summary>The categories of all bars, in the order of first mention.</summary>
    public string[] Categories => [.. Layers.OfType<BarsLayer>().SelectMany(bars => bars.Categories).Distinct()];

    private static bool HasPen(Layer layer) => layer is DotsLayer or BandLayer or BarsLayer or HistogramLayer or LineLayer { IsReference: false };
}
