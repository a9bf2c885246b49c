using System.Text;
using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks.Charts;

/// <summary>A chart in words: what is drawn, and the last values.</summary>
internal static class FigureText
{
    private const int CategoriesShown = 12;

    public static string Of(Figure figure)
    {
        var result = new StringBuilder(figure.Title);
        foreach (var layer in figure.Layers)
        {
            result.Append("\n  ").Append(Of(layer, figure));
        }

        return result.ToString();
    }

    private static string Of(Layer layer, Figure figure) => layer switch
    {
        LineLayer line => $"{line.Name}: {Course(line.X, line.Y, figure.X.Title)}",
        DotsLayer dots when dots.X.Length <= CategoriesShown => $"{dots.Name}: {string.Join(", ", dots.X.Select((x, i) => Dot(dots, i)))}",
        DotsLayer dots => $"{dots.Name}: {dots.X.Length} points, x {Range(dots.X)}, y {Range(dots.Y)}",
        BandLayer band => $"{band.Name}: band, last from {Numbers.Short(band.Low[^1])} to {Numbers.Short(band.High[^1])}",
        BarsLayer bars => $"{bars.Name}: {string.Join(", ", bars.Categories.Take(CategoriesShown).Select((c, i) => Bar(bars, i)))}{More(bars.Categories.Length)}",
        HistogramLayer histogram => $"{histogram.Name}: {histogram.Counts.Sum()} values from {Numbers.Short(histogram.Edges[0])} to {Numbers.Short(histogram.Edges[^1])}, mean {Numbers.Short(histogram.Mean)}",
        HeatLayer heat => $"{heat.Name}: {heat.Values.GetLength(0)} x {heat.Values.GetLength(1)}, values {Range(heat.Values.Cast<double>())}",
        ContourLayer contour => $"{contour.Name}: contours at {string.Join(", ", contour.Levels.Select(Numbers.Short))}",
        ArrowLayer arrow => $"arrow {arrow.Name}: ({Numbers.Short(arrow.FromX)}, {Numbers.Short(arrow.FromY)}) to ({Numbers.Short(arrow.ToX)}, {Numbers.Short(arrow.ToY)})",
        RuleLayer rule => $"{rule.Name}: line at {Numbers.Short(rule.At)}",
        _ => throw new InvalidOperationException($"No words for a layer of type {layer.GetType().Name}."),
    };

    private static string Course(double[] x, double[] y, string axis)
    {
        var finite = Enumerable.Range(0, y.Length).Where(i => double.IsFinite(y[i])).ToArray();
        if (finite.Length == 0)
        {
            return y.Length == 0 ? "no points yet" : $"{y.Length} points, none finite";
        }

        var last = finite[^1];
        var at = $"{(axis.Length == 0 ? "x" : axis)} {Numbers.Short(x[last])}";
        var gaps = finite.Length < y.Length ? $" ({y.Length - finite.Length} not finite)" : "";
        return finite.Length == 1
            ? $"{Numbers.Short(y[last])} at {at}{gaps}"
            : $"from {Numbers.Short(y[finite[0]])} to {Numbers.Short(y[last])} at {at}{gaps}";
    }

    private static string Dot(DotsLayer dots, int i)
    {
        var label = dots.Labels is null ? "" : dots.Labels[i] + " ";
        return $"{label}({Numbers.Short(dots.X[i])}, {Numbers.Short(dots.Y[i])})";
    }

    private static string Bar(BarsLayer bars, int i)
    {
        var interval = bars.Intervals is null ? "" : $" [{Numbers.Short(bars.Intervals[i].Low)}, {Numbers.Short(bars.Intervals[i].High)}]";
        return $"{bars.Categories[i]} {Numbers.Short(bars.Values[i])}{interval}";
    }

    private static string More(int count) => count > CategoriesShown ? $", and {count - CategoriesShown} more" : "";

    private static string Range(IEnumerable<double> values)
    {
        var finite = values.Where(double.IsFinite).ToArray();
        return finite.Length == 0 ? "none finite" : $"{Numbers.Short(finite.Min())} to {Numbers.Short(finite.Max())}";
    }
}
