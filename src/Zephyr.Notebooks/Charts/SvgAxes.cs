using OxyPlot;
using OxyPlot.Axes;

namespace Zephyr.Notebooks.Charts;

/// <summary>The two axes of a still picture.</summary>
internal static class SvgAxes
{
    public static void AddTo(PlotModel model, Figure figure)
    {
        var heat = figure.Layers.OfType<HeatLayer>().FirstOrDefault();
        var categories = figure.Categories;
        var x = heat is not null ? Named(heat.Columns, figure) : categories.Length > 0 ? Named(categories, figure) : Numeric(figure.X, HasWholeX(figure));
        var y = heat is not null ? Named(heat.Rows, figure: null) : Numeric(figure.Y, isWhole: false);
        if (figure.Layers.OfType<DotsLayer>().Any(dots => dots.Labels is not null))
        {
            (x.MinimumPadding, x.MaximumPadding, y.MaximumPadding) = (0.1, 0.1, 0.1);
        }

        if (figure.Layers.Any(layer => layer is RuleLayer { IsVertical: false }))
        {
            y.MaximumPadding = Math.Max(y.MaximumPadding, figure.RoomOfAName); // the name of the line stands above it
        }

        Dress(x, figure.X, AxisPosition.Bottom);
        Dress(y, figure.Y, AxisPosition.Left);
        if (heat is not null)
        {
            (y.StartPosition, y.EndPosition, y.AxisTitleDistance) = (1, 0, 34);
        }
        else
        {
            y.MajorGridlineStyle = LineStyle.Solid;
            y.MajorGridlineColor = OxyColor.Parse(Palette.Grid);
        }

        if (figure.Layers.Any(layer => layer is HistogramLayer or BarsLayer))
        {
            y.MinimumPadding = 0;
        }

        model.Axes.Add(x);
        model.Axes.Add(y);
    }

    private static void Dress(OxyPlot.Axes.Axis axis, Axis wanted, AxisPosition position)
    {
        axis.Position = position;
        axis.Title = wanted.Title;
        axis.AxisTitleDistance = position == AxisPosition.Left ? 16 : 8;
        axis.MinorTickSize = 0;
        axis.TicklineColor = OxyColor.Parse(Palette.Grey);
        axis.Minimum = wanted.From ?? axis.Minimum;
        axis.Maximum = wanted.To ?? axis.Maximum;
    }

    private static OxyPlot.Axes.Axis Numeric(Axis axis, bool isWhole) => axis.IsLog
        ? new LogarithmicAxis()
        : new LinearAxis { MinimumPadding = 0.03, MaximumPadding = 0.03, MinimumMajorStep = isWhole ? 1 : 0 };

    /// <summary>Steps and epochs have no halves.</summary>
    private static bool HasWholeX(Figure figure) => figure.Layers.All(layer => layer is RuleLayer or LineLayer or DotsLayer or BandLayer)
        && figure.Layers.OfType<LineLayer>().SelectMany(line => line.X).Concat(figure.Layers.OfType<DotsLayer>().SelectMany(dots => dots.X)).All(x => x == Math.Floor(x));

    /// <summary>Names at 0, 1, 2, …. Where they have no room side by side, words stand aslant and numbers are thinned out.</summary>
    /// <param name="names">The names.</param>
    /// <param name="figure">Whose width the names share; null where they stand below each other.</param>
    private static LinearAxis Named(string[] names, Figure? figure)
    {
        var crowding = figure is null ? 0 : names.Max(name => name.Length) / figure.LettersAColumn(names.Length);
        var areNumbers = names.All(name => name.All(char.IsAsciiDigit));
        return new LinearAxis
        {
            Minimum = -0.5,
            Maximum = names.Length - 0.5,
            MajorStep = Math.Ceiling(Math.Max(names.Length / (areNumbers ? 16.0 : 32), areNumbers ? crowding : 1)),
            Angle = crowding > 1 && !areNumbers ? -60 : 0,
            LabelFormatter = at => at >= 0 && at < names.Length && at == Math.Floor(at) ? names[(int)at] : "",
        };
    }
}
