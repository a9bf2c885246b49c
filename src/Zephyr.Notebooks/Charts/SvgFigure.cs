using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Zephyr.Notebooks.Charts;

/// <summary>The same chart as a still picture, for viewers without Plotly: drawn by OxyPlot, then made plain by <see cref="PlainSvg"/>.</summary>
internal static class SvgFigure
{
    public static string ToSvg(Figure figure)
    {
        var model = new PlotModel
        {
            Title = figure.Title,
            TitleFontSize = 15,
            TitleFontWeight = FontWeights.Normal,
            TitleColor = Ink,
            TextColor = Ink,
            DefaultFont = "sans-serif",
            Background = OxyColors.White,
            PlotAreaBorderColor = Color(Palette.Grey),
            PlotAreaBorderThickness = new OxyThickness(1, 0, 0, 1),
        };
        SvgAxes.AddTo(model, figure);
        foreach (var layer in figure.DrawingOrder)
        {
            Draw(layer, figure, model);
        }

        if (figure.Layers.Count(layer => layer is LineLayer or DotsLayer or BarsLayer or HistogramLayer) > 1)
        {
            model.Legends.Add(new Legend
            {
                LegendPlacement = LegendPlacement.Outside,
                LegendPosition = LegendPosition.TopCenter,
                LegendOrientation = LegendOrientation.Horizontal,
                LegendTextColor = Ink,
                LegendLineSpacing = 2,
                LegendItemSpacing = 40,
            });
        }

        return PlainSvg.Export(model, figure);
    }

    internal static OxyColor Ink => Color(Palette.Ink);

    internal static OxyColor Color(string name, double opacity = 1) => OxyColor.FromAColor((byte)(255 * opacity), OxyColor.Parse(name));

    private static void Draw(Layer layer, Figure figure, PlotModel model)
    {
        var pen = figure.PenOf(layer);
        switch (layer)
        {
            case LineLayer line:
                model.Series.Add(Points(new LineSeries { Title = line.Name, Color = Color(pen.Color), LineStyle = Style(pen), StrokeThickness = 2 }, line.X, line.Y));
                break;
            case DotsLayer dots:
                DrawDots(dots, pen, model);
                break;
            case BandLayer band:
                DrawBand(band, pen, model);
                break;
            case BarsLayer bars:
                SvgMarks.DrawBars(bars, pen, figure, model);
                break;
            case HistogramLayer histogram:
                SvgMarks.DrawHistogram(histogram, pen, figure, model);
                break;
            case HeatLayer heat:
                SvgMarks.DrawHeat(heat, figure, model);
                break;
            case ContourLayer contour:
                SvgMarks.DrawContour(contour, model);
                break;
            case ArrowLayer arrow:
                model.Annotations.Add(new ArrowAnnotation
                {
                    StartPoint = new(arrow.FromX, arrow.FromY),
                    EndPoint = new(arrow.ToX, arrow.ToY),
                    Color = Color(Palette.Second),
                    Text = arrow.Name,
                    TextColor = Color(Palette.Second),
                    HeadLength = 7,
                    HeadWidth = 3,
                    StrokeThickness = 1.5,
                });
                break;
            case RuleLayer rule:
                model.Annotations.Add(new LineAnnotation
                {
                    Type = rule.IsVertical ? LineAnnotationType.Vertical : LineAnnotationType.Horizontal,
                    X = rule.At,
                    Y = rule.At,
                    Color = Color(Palette.Grey),
                    LineStyle = LineStyle.Dash,
                    Text = rule.Name,
                    TextColor = Color("#6a6a6a"),
                    TextVerticalAlignment = figure.HasRoomAbove(rule) ? VerticalAlignment.Bottom : VerticalAlignment.Top, // above its line, as in Plotly
                    StrokeThickness = 1,
                });
                break;
            default:
                throw new InvalidOperationException($"No drawing for a layer of type {layer.GetType().Name}.");
        }
    }

    private static LineStyle Style(Pen pen) => pen.Dash switch { "dash" => LineStyle.Dash, "dot" => LineStyle.Dot, _ => LineStyle.Solid };

    internal static LineSeries Points(LineSeries series, double[] x, double[] y)
    {
        for (var i = 0; i < x.Length; i++)
        {
            series.Points.Add(double.IsFinite(x[i]) && double.IsFinite(y[i]) ? new DataPoint(x[i], y[i]) : DataPoint.Undefined);
        }

        return series;
    }

    private static void DrawDots(DotsLayer dots, Pen pen, PlotModel model)
    {
        var series = new ScatterSeries { Title = dots.Name, MarkerType = MarkerType.Circle, MarkerSize = 4, MarkerStrokeThickness = 1.5 };
        series.MarkerStroke = Color(pen.Color);
        series.MarkerFill = pen.Dash == "solid" ? Color(pen.Color) : OxyColors.White;
        series.Points.AddRange(Enumerable.Range(0, dots.X.Length).Where(i => double.IsFinite(dots.X[i]) && double.IsFinite(dots.Y[i])).Select(i => new ScatterPoint(dots.X[i], dots.Y[i])));
        model.Series.Add(series);
        for (var i = 0; dots.Labels is not null && i < dots.X.Length; i++)
        {
            if (double.IsFinite(dots.X[i]) && double.IsFinite(dots.Y[i]))
            {
                model.Annotations.Add(new TextAnnotation
                {
                    TextPosition = new(dots.X[i], dots.Y[i]),
                    Text = dots.Labels[i],
                    Stroke = OxyColors.Undefined,
                    TextColor = Color(pen.Color),
                    Offset = new(0, -6),
                    ClipByXAxis = false,
                    ClipByYAxis = false,
                });
            }
        }
    }

    private static void DrawBand(BandLayer band, Pen pen, PlotModel model)
    {
        var series = new AreaSeries { Color = OxyColors.Transparent, Fill = Color(pen.Color, 0.2), StrokeThickness = 0, RenderInLegend = false };
        for (var i = 0; i < band.X.Length; i++)
        {
            series.Points.Add(new DataPoint(band.X[i], band.High[i]));
            series.Points2.Add(new DataPoint(band.X[i], band.Low[i]));
        }

        model.Series.Add(series);
    }
}
