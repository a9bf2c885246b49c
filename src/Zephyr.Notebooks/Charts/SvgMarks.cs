using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Series;
using Zephyr.Notebooks.Display;
using static Zephyr.Notebooks.Charts.SvgFigure;

namespace Zephyr.Notebooks.Charts;

/// <summary>The marks that fill an area: bars, histograms, matrices, contours.</summary>
internal static class SvgMarks
{
    public static void DrawBars(BarsLayer bars, Pen pen, Figure figure, PlotModel model)
    {
        var (categories, groups) = (figure.Categories, figure.Layers.OfType<BarsLayer>().ToList());
        var width = 0.8 / groups.Count;
        var offset = -0.4 + (width * groups.IndexOf(bars));
        var series = new RectangleBarSeries { Title = bars.Name, FillColor = Color(pen.Color, pen.Dash == "solid" ? 1 : 0.5), StrokeThickness = 0 };
        model.Series.Add(series);
        for (var i = 0; i < bars.Categories.Length; i++)
        {
            var left = Array.IndexOf(categories, bars.Categories[i]) + offset;
            if (double.IsFinite(bars.Values[i]))
            {
                series.Items.Add(new RectangleBarItem(left, Math.Min(0, bars.Values[i]), left + width, Math.Max(0, bars.Values[i])));
            }

            if (bars.Intervals is { } intervals)
            {
                var middle = left + (width / 2);
                var whisker = new LineSeries { Color = Ink, StrokeThickness = 1.5, RenderInLegend = false };
                model.Series.Add(Points(whisker, [middle, middle], [intervals[i].Low, intervals[i].High]));
            }
        }
    }

    public static void DrawHistogram(HistogramLayer histogram, Pen pen, Figure figure, PlotModel model)
    {
        var opacity = figure.Layers.OfType<HistogramLayer>().Count() > 1 ? 0.6 : 1;
        var series = new RectangleBarSeries { Title = histogram.Name, FillColor = Color(pen.Color, opacity), StrokeColor = OxyColors.White, StrokeThickness = 0.5 };
        for (var i = 0; i < histogram.Counts.Length; i++)
        {
            series.Items.Add(new RectangleBarItem(histogram.Edges[i], 0, histogram.Edges[i + 1], histogram.Counts[i]));
        }

        model.Series.Add(series);
    }

    public static void DrawHeat(HeatLayer heat, Figure figure, PlotModel model)
    {
        var scale = HeatScale.Of(heat.Values);
        var showsValues = figure.ShowsValues(heat);
        for (var row = 0; row < heat.Values.GetLength(0); row++)
        {
            for (var column = 0; column < heat.Values.GetLength(1);)
            {
                var value = heat.Values[row, column];
                var end = showsValues ? column + 1 : EndOfRun(heat.Values, row, column);
                model.Annotations.Add(new RectangleAnnotation
                {
                    MinimumX = column - 0.5,
                    MaximumX = end - 0.5,
                    MinimumY = row - 0.5,
                    MaximumY = row + 0.5,
                    Fill = scale.ColorOf(value),
                    StrokeThickness = 0,
                    Layer = AnnotationLayer.BelowSeries,
                    Text = showsValues ? Numbers.Short(value) : null,
                    TextColor = scale.InkOn(value),
                });
                column = end;
            }
        }
    }

    public static void DrawContour(ContourLayer contour, PlotModel model)
    {
        model.Series.Add(new ContourSeries
        {
            ColumnCoordinates = contour.X,
            RowCoordinates = contour.Y,
            Data = contour.Z,
            ContourLevels = contour.Levels,
            Color = Color(Palette.Grey),
            StrokeThickness = 1,
            LabelStep = int.MaxValue,
            RenderInLegend = false,
        });
        foreach (var level in contour.Levels)
        {
            if (Crossing(contour, level) is { } place)
            {
                model.Annotations.Add(new TextAnnotation
                {
                    TextPosition = place,
                    Text = level.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture),
                    TextColor = Color("#6a6a6a"),
                    FontSize = 11,
                    Background = OxyColors.White,
                    Stroke = OxyColors.Undefined,
                    Padding = new(1),
                    TextVerticalAlignment = VerticalAlignment.Middle,
                });
            }
        }
    }

    private static int EndOfRun(double[,] values, int row, int column)
    {
        var end = column + 1;
        while (end < values.GetLength(1) && values[row, end].Equals(values[row, column]))
        {
            end++;
        }

        return end;
    }

    /// <summary>A place for a level's name: near the edge of the picture, on the right, else at the top, at the bottom, to the left.</summary>
    private static DataPoint? Crossing(ContourLayer contour, double level)
    {
        var (columns, rows) = (contour.X.Length, contour.Y.Length);
        var inset = Math.Min(columns, rows) / 12;
        var right = Enumerable.Range(0, rows).Select(row => (columns - 1 - inset, rows - 1 - row));
        var top = Enumerable.Range(0, columns).Select(column => (column, rows - 1 - inset));
        var bottom = Enumerable.Range(0, columns).Select(column => (column, inset));
        var left = Enumerable.Range(0, rows).Select(row => (inset, row));
        foreach (var edge in new[] { right, top, bottom, left })
        {
            foreach (var ((c1, r1), (c2, r2)) in edge.Zip(edge.Skip(1)))
            {
                var (here, there) = (contour.Z[c1, r1], contour.Z[c2, r2]);
                if ((here - level) * (there - level) < 0)
                {
                    var share = (level - here) / (there - here);
                    return new(contour.X[c1] + (share * (contour.X[c2] - contour.X[c1])), contour.Y[r1] + (share * (contour.Y[r2] - contour.Y[r1])));
                }
            }
        }

        return null;
    }
}
