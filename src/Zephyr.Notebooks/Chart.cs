using System.Numerics;
using Zephyr.Notebooks.Charts;
using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks;

/// <summary>
/// A chart built layer by layer: <c>new Chart("Loss", x: "step", y: "nats").Line("train", losses).Reference("published", steps, values)</c>.
/// Shown as one bundle: Plotly for viewers that have it, SVG for the rest, and the last values as text.
/// </summary>
/// <remarks>Series take their colours in the order of adding: blue, orange, then grey and dashes. Values that are not finite are gaps, and the text says how many.</remarks>
[TypeFormatterSource(typeof(ChartFormatters), PreferredMimeTypes = [Mime.Plotly, Mime.Svg, Mime.Text])]
public sealed partial class Chart : IDisplayed
{
    private readonly List<Layer> _layers = [];
    private readonly string _title;
    private Axis _x;
    private Axis _y;
    private int _width = 720;
    private int _height = 360;

    /// <summary>An empty chart.</summary>
    /// <param name="title">What the reader should see in it, as a sentence.</param>
    /// <param name="x">Name and unit of the horizontal axis.</param>
    /// <param name="y">Name and unit of the vertical axis.</param>
    public Chart(string title, string x = "", string y = "")
    {
        _title = Markup.Clean(title);
        _x = new Axis(Markup.Clean(x));
        _y = new Axis(Markup.Clean(y));
    }

    /// <summary>Fixes what the horizontal axis shows.</summary>
    public Chart XRange(double from, double to) => With(() => _x = _x with { From = from, To = Above(from, to) });

    /// <summary>Fixes what the vertical axis shows.</summary>
    public Chart YRange(double from, double to) => With(() => _y = _y with { From = from, To = Above(from, to) });

    /// <summary>A logarithmic horizontal axis; values must be positive.</summary>
    public Chart LogX() => With(() => _x = _x with { IsLog = true });

    /// <summary>A logarithmic vertical axis; values must be positive.</summary>
    public Chart LogY() => With(() => _y = _y with { IsLog = true });

    /// <summary>Sets the size in pixels; 720 by 360 otherwise.</summary>
    public Chart Size(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 100);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 100);
        return With(() => (_width, _height) = (width, height));
    }

    /// <inheritdoc/>
    public string? Render(string mimeType) => mimeType switch
    {
        Mime.Plotly => PlotlyFigure.ToJson(ToFigure()),
        Mime.Svg => SvgFigure.ToSvg(ToFigure()),
        Mime.Text => FigureText.Of(ToFigure()),
        _ => null,
    };

    /// <summary>The chart in words: its title, then each series with its last value.</summary>
    public override string ToString() => FigureText.Of(ToFigure());

    internal Figure ToFigure() => new(_title, _x, _y, _layers, _width, _height);

    private Chart With(Action change)
    {
        change();
        return this;
    }

    private Chart With(Layer layer)
    {
        _layers.Add(layer with { Name = Markup.Clean(layer.Name) });
        return this;
    }

    private static double Above(double from, double to) =>
        to > from ? to : throw new ArgumentException($"A range must end ({to}) above its beginning ({from}).");

    private static double[] ToDoubles<T>(IEnumerable<T> values) where T : INumber<T> => [.. values.Select(double.CreateChecked)];

    private static void RequireSameLength(string name, int first, string firstName, int second, string secondName)
    {
        if (first != second)
        {
            throw new ArgumentException($"\"{name}\" has {first} {firstName} but {second} {secondName}; each point needs both.");
        }
    }
}
