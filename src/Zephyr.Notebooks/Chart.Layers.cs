using System.Numerics;
using Zephyr.Notebooks.Charts;
using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks;

public sealed partial class Chart
{
    /// <summary>A line over 0, 1, 2, ….</summary>
    public Chart Line<T>(string name, IEnumerable<T> values) where T : INumber<T>
    {
        var y = ToDoubles(values);
        return With(new LineLayer(name, [.. Enumerable.Range(0, y.Length).Select(i => (double)i)], y, IsReference: false));
    }

    /// <summary>A line through points.</summary>
    /// <exception cref="ArgumentException">The two sequences differ in length.</exception>
    public Chart Line<TX, TY>(string name, IEnumerable<TX> xs, IEnumerable<TY> ys) where TX : INumber<TX> where TY : INumber<TY> =>
        With(LineOf(name, ToDoubles(xs), ToDoubles(ys), isReference: false));

    /// <summary>A function drawn from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public Chart Line(string name, Func<double, double> function, double from, double to, int points = 81)
    {
        var x = Steps(from, to, points);
        return With(LineOf(name, x, [.. x.Select(function)], isReference: false));
    }

    /// <summary>A grey dashed line that lies behind the others: a published run, a closed form.</summary>
    /// <exception cref="ArgumentException">The two sequences differ in length.</exception>
    public Chart Reference<TX, TY>(string name, IEnumerable<TX> xs, IEnumerable<TY> ys) where TX : INumber<TX> where TY : INumber<TY> =>
        With(LineOf(name, ToDoubles(xs), ToDoubles(ys), isReference: true));

    /// <summary>A function as a grey dashed line behind the others.</summary>
    public Chart Reference(string name, Func<double, double> function, double from, double to, int points = 81)
    {
        var x = Steps(from, to, points);
        return With(LineOf(name, x, [.. x.Select(function)], isReference: true));
    }

    /// <summary>Single points, with a label at each if given.</summary>
    /// <exception cref="ArgumentException">The sequences differ in length.</exception>
    public Chart Dots<TX, TY>(string name, IEnumerable<TX> xs, IEnumerable<TY> ys, IEnumerable<string>? labels = null) where TX : INumber<TX> where TY : INumber<TY>
    {
        var (x, y, texts) = (ToDoubles(xs), ToDoubles(ys), labels?.Select(Markup.Clean).ToArray());
        RequireSameLength(name, x.Length, "x values", y.Length, "y values");
        RequireSameLength(name, x.Length, "points", texts?.Length ?? x.Length, "labels");
        return With(new DotsLayer(name, x, y, texts));
    }

    /// <summary>The room between two lines, for an interval. Give it the name of its line, and it takes that line's colour.</summary>
    /// <exception cref="ArgumentException">The sequences differ in length or are empty.</exception>
    public Chart Band<TX, TY>(string name, IEnumerable<TX> xs, IEnumerable<TY> low, IEnumerable<TY> high) where TX : INumber<TX> where TY : INumber<TY>
    {
        var (x, from, to) = (ToDoubles(xs), ToDoubles(low), ToDoubles(high));
        RequireSameLength(name, x.Length, "x values", from.Length, "lower values");
        RequireSameLength(name, x.Length, "x values", to.Length, "upper values");
        return x.Length > 0 ? With(new BandLayer(name, x, from, to)) : throw new ArgumentException($"The band \"{name}\" has no points.");
    }

    /// <summary>A bar for each category; more than one call puts bars side by side.</summary>
    /// <param name="name">The series, as the legend says it.</param>
    /// <param name="categories">What each bar stands for.</param>
    /// <param name="values">The height of each bar.</param>
    /// <param name="intervals">The two ends of an interval for each bar, in the unit of the values.</param>
    /// <exception cref="ArgumentException">The sequences differ in length.</exception>
    public Chart Bars<T>(string name, IEnumerable<string> categories, IEnumerable<T> values, IEnumerable<(double Low, double High)>? intervals = null) where T : INumber<T>
    {
        var (labels, heights, ends) = (categories.Select(Markup.Clean).ToArray(), ToDoubles(values), intervals?.ToArray());
        RequireSameLength(name, labels.Length, "categories", heights.Length, "values");
        RequireSameLength(name, labels.Length, "categories", ends?.Length ?? labels.Length, "intervals");
        return With(new BarsLayer(name, labels, heights, ends));
    }

    /// <summary>How often values fall into equal bins. A second histogram uses the bins of the first where they reach far enough.</summary>
    /// <exception cref="ArgumentException">There are no values, or one is not finite.</exception>
    public Chart Histogram<T>(string name, IEnumerable<T> values, int bins = 20) where T : INumber<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var all = ToDoubles(values);
        if (all.Length == 0 || !all.All(double.IsFinite))
        {
            throw new ArgumentException($"The histogram \"{name}\" has {all.Length} values, {all.Count(v => !double.IsFinite(v))} of them not finite; it needs at least one, all finite.");
        }

        var first = _layers.OfType<HistogramLayer>().FirstOrDefault();
        var edges = first is not null && first.Edges[0] <= all.Min() && all.Max() <= first.Edges[^1] ? first.Edges : Edges(all, bins);
        var counts = new int[edges.Length - 1];
        foreach (var value in all)
        {
            var bin = (int)((value - edges[0]) / (edges[^1] - edges[0]) * counts.Length);
            counts[Math.Min(bin, counts.Length - 1)]++;
        }

        return With(new HistogramLayer(name, edges, counts, all.Average()));
    }

    /// <summary>A matrix as colours, first row at the top; small ones carry their numbers.</summary>
    /// <param name="name">What the values are.</param>
    /// <param name="values">Rows by columns.</param>
    /// <param name="rows">A name for each row; 0, 1, 2, … otherwise.</param>
    /// <param name="columns">A name for each column; 0, 1, 2, … otherwise.</param>
    /// <exception cref="ArgumentException">The names do not fit the matrix.</exception>
    public Chart HeatMap(string name, double[,] values, IEnumerable<string>? rows = null, IEnumerable<string>? columns = null)
    {
        var (rowNames, columnNames) = (Names(rows, values.GetLength(0)), Names(columns, values.GetLength(1)));
        RequireSameLength(name, values.GetLength(0), "rows", rowNames.Length, "row names");
        RequireSameLength(name, values.GetLength(1), "columns", columnNames.Length, "column names");
        return With(new HeatLayer(name, values, rowNames, columnNames));
    }

    /// <summary>Lines of equal height of a function of two variables, at <paramref name="lowest"/>, then every <paramref name="step"/>.</summary>
    public Chart Contours(string name, Func<double, double, double> function, (double From, double To) x, (double From, double To) y, double lowest, double step, int levels, int points = 33)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        var (xs, ys) = (Steps(x.From, x.To, points), Steps(y.From, y.To, points));
        var z = new double[points, points];
        for (var column = 0; column < points; column++)
        {
            for (var row = 0; row < points; row++)
            {
                z[column, row] = function(xs[column], ys[row]);
            }
        }

        return With(new ContourLayer(name, xs, ys, z, [.. Enumerable.Range(0, levels).Select(i => lowest + (i * step))]));
    }

    /// <summary>An arrow between two points, its name at the beginning.</summary>
    public Chart Arrow(string name, double fromX, double fromY, double toX, double toY) => With(new ArrowLayer(name, fromX, fromY, toX, toY));

    /// <summary>A grey dashed line across the chart, for example at ln 2.</summary>
    public Chart HorizontalRule(string name, double at) => With(new RuleLayer(name, at, IsVertical: false));

    /// <summary>A grey dashed line from bottom to top, for example at the end of an epoch.</summary>
    public Chart VerticalRule(string name, double at) => With(new RuleLayer(name, at, IsVertical: true));

    private static LineLayer LineOf(string name, double[] x, double[] y, bool isReference)
    {
        RequireSameLength(name, x.Length, "x values", y.Length, "y values");
        return new LineLayer(name, x, y, isReference);
    }

    private static double[] Steps(double from, double to, int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        return [.. Enumerable.Range(0, points).Select(i => from + ((to - from) * i / (points - 1)))];
    }

    private static double[] Edges(double[] values, int bins)
    {
        var (low, high) = (values.Min(), values.Max());
        return low < high ? Steps(low, high, bins + 1) : [low - 0.5, low + 0.5];
    }

    private static string[] Names(IEnumerable<string>? given, int count) =>
        given?.Select(Markup.Clean).ToArray() ?? [.. Enumerable.Range(0, count).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture))];
}
