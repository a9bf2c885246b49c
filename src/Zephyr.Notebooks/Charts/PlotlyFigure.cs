using Microsoft.FSharp.Collections;
using Plotly.NET;
using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks.Charts;

/// <summary>A chart as a Plotly figure: JSON that viewers with Plotly draw, zoom and read out. An empty template keeps it small.</summary>
internal static class PlotlyFigure
{
    public static string ToJson(Figure figure)
    {
        var traces = ListModule.OfSeq(figure.DrawingOrder.SelectMany(layer => Traces(layer, figure)));
        var chart = GenericChart.NewMultiChart(traces, PlotlyLayout.Of(figure), new Config(), new DisplayOptions());
        return GenericChart.toFigureJson(chart);
    }

    private static Trace[] Traces(Layer layer, Figure figure)
    {
        var pen = figure.PenOf(layer);
        return layer switch
        {
            LineLayer line => [Line(line, pen)],
            DotsLayer dots => [Dots(dots, pen)],
            BandLayer band => Band(band, pen),
            BarsLayer bars => [Bars(bars, pen)],
            HistogramLayer histogram => [Histogram(histogram, pen, figure.Layers.OfType<HistogramLayer>().Count())],
            HeatLayer heat => [Heat(heat, figure)],
            ContourLayer contour => [Contour(contour)],
            _ => [], // arrows and rules belong to the layout
        };
    }

    private static Trace Line(LineLayer line, Pen pen)
    {
        var trace = New("scatter", line.Name);
        trace.SetProperty("mode", "lines");
        trace.SetProperty("x", Values(line.X));
        trace.SetProperty("y", Values(line.Y));
        trace.SetProperty("line", Map(("color", pen.Color), ("width", 2), ("dash", pen.Dash)));
        return trace;
    }

    private static Trace Dots(DotsLayer dots, Pen pen)
    {
        var trace = New("scatter", dots.Name);
        trace.SetProperty("mode", dots.Labels is null ? "markers" : "markers+text");
        trace.SetProperty("x", Values(dots.X));
        trace.SetProperty("y", Values(dots.Y));
        trace.SetProperty("marker", Map(("color", pen.Color), ("size", 8), ("symbol", pen.Dash == "solid" ? "circle" : "circle-open")));
        if (dots.Labels is not null)
        {
            trace.SetProperty("text", dots.Labels.Select(Markup.Escape).ToArray());
            trace.SetProperty("textposition", "top center");
        }

        return trace;
    }

    private static Trace[] Band(BandLayer band, Pen pen)
    {
        var low = New("scatter", band.Name);
        var high = New("scatter", band.Name);
        foreach (var (trace, values) in new[] { (low, band.Low), (high, band.High) })
        {
            trace.SetProperty("mode", "lines");
            trace.SetProperty("x", Values(band.X));
            trace.SetProperty("y", Values(values));
            trace.SetProperty("line", Map(("color", pen.Color), ("width", 0)));
            trace.SetProperty("showlegend", false);
            trace.SetProperty("hoverinfo", "skip");
        }

        high.SetProperty("fill", "tonexty");
        high.SetProperty("fillcolor", pen.Color + "33");
        return [low, high];
    }

    private static Trace Bars(BarsLayer bars, Pen pen)
    {
        var trace = New("bar", bars.Name);
        trace.SetProperty("x", bars.Categories.Select(Markup.Escape).ToArray());
        trace.SetProperty("y", Values(bars.Values));
        trace.SetProperty("marker", Map(("color", pen.Color), ("opacity", pen.Dash == "solid" ? 1.0 : 0.5)));
        if (bars.Intervals is { } intervals)
        {
            var above = Values(intervals.Select((interval, i) => interval.High - bars.Values[i]));
            var below = Values(intervals.Select((interval, i) => bars.Values[i] - interval.Low));
            trace.SetProperty("error_y", Map(("type", "data"), ("symmetric", false), ("array", above), ("arrayminus", below), ("color", Palette.Ink)));
        }

        return trace;
    }

    private static Trace Histogram(HistogramLayer histogram, Pen pen, int histograms)
    {
        var trace = New("bar", histogram.Name);
        trace.SetProperty("x", Values(histogram.Counts.Select((_, i) => (histogram.Edges[i] + histogram.Edges[i + 1]) / 2)));
        trace.SetProperty("width", Values(histogram.Counts.Select((_, i) => histogram.Edges[i + 1] - histogram.Edges[i])));
        trace.SetProperty("y", histogram.Counts);
        trace.SetProperty("marker", Map(("color", pen.Color), ("opacity", histograms > 1 ? 0.6 : 1.0)));
        return trace;
    }

    private static Trace Heat(HeatLayer heat, Figure figure)
    {
        var trace = New("heatmap", heat.Name);
        trace.SetProperty("x", heat.Columns.Select(Markup.Escape).ToArray());
        trace.SetProperty("y", heat.Rows.Select(Markup.Escape).ToArray());
        trace.SetProperty("z", Rows(heat.Values));
        var isSigned = heat.Values.Cast<double>().Any(v => v < 0);
        trace.SetProperty("colorscale", isSigned
            ? new object[] { Stop(0, Palette.Second), Stop(0.5, Palette.Paper), Stop(1, Palette.First) }
            : [Stop(0, Palette.Paper), Stop(1, Palette.First)]);
        if (isSigned)
        {
            trace.SetProperty("zmid", 0);
        }

        if (figure.ShowsValues(heat))
        {
            trace.SetProperty("texttemplate", "%{z}");
        }

        trace.SetProperty("colorbar", Map(("thickness", 12)));
        return trace;
    }

    private static Trace Contour(ContourLayer contour)
    {
        var trace = New("contour", contour.Name);
        trace.SetProperty("x", Values(contour.X));
        trace.SetProperty("y", Values(contour.Y));
        var transposed = Enumerable.Range(0, contour.Y.Length)
            .Select(row => Values(Enumerable.Range(0, contour.X.Length).Select(column => contour.Z[column, row]))).ToArray();
        trace.SetProperty("z", transposed);
        var step = contour.Levels.Length > 1 ? contour.Levels[1] - contour.Levels[0] : 1;
        trace.SetProperty("contours", Map(("coloring", "lines"), ("showlabels", true),
            ("start", Numbers.ForPicture(contour.Levels[0])), ("end", Numbers.ForPicture(contour.Levels[^1])), ("size", Numbers.ForPicture(step))));
        trace.SetProperty("colorscale", new object[] { Stop(0, Palette.Grey), Stop(1, Palette.Grey) });
        trace.SetProperty("showscale", false);
        return trace;
    }

    private static Trace New(string type, string name)
    {
        var trace = new Trace(type);
        trace.SetProperty("name", Markup.Escape(name));
        return trace;
    }

    private static object[] Stop(double at, string color) => [at, color];

    private static double?[] Values(IEnumerable<double> values) => [.. values.Select(Numbers.ForPicture)];

    private static double?[][] Rows(double[,] values) =>
        [.. Enumerable.Range(0, values.GetLength(0)).Select(row => Values(Enumerable.Range(0, values.GetLength(1)).Select(column => values[row, column])))];

    internal static Dictionary<string, object?> Map(params (string Key, object? Value)[] entries) => entries.ToDictionary(e => e.Key, e => e.Value);
}
