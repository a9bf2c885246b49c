using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using OxyPlot;

namespace Zephyr.Notebooks.Charts;

/// <summary>
/// Makes OxyPlot's SVG fit for notebooks: presentation attributes in place of style attributes, which some viewers strip;
/// identifiers that differ between pictures on one page and are the same in every run; a title for those who listen.
/// </summary>
internal static class PlainSvg
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static string Export(PlotModel model, Figure figure)
    {
        using var stream = new MemoryStream();
        var exporter = new SvgExporter { Width = figure.Width, Height = figure.Height, UseVerticalTextAlignmentWorkaround = true };
        exporter.TextMeasurer = new RoomyText(figure.Width, figure.Height);
        exporter.Export(model, stream);
        stream.Position = 0;
        var root = XDocument.Load(stream).Root ?? throw new InvalidOperationException("OxyPlot wrote an empty document.");
        if (model.GetLastPlotException() is { } fault)
        {
            throw new InvalidOperationException($"The chart \"{figure.Title}\" could not be drawn: {fault.Message}", fault);
        }

        foreach (var element in root.DescendantsAndSelf())
        {
            Unstyle(element);
        }

        WidenLegends(root, model, figure.Width);
        root.SetAttributeValue("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {figure.Width} {figure.Height}"));
        root.SetAttributeValue("role", "img");
        root.AddFirst(new XElement(Svg + "title", FigureText.Of(figure)));
        NameClips(root);
        return root.ToString(SaveOptions.DisableFormatting);
    }

    private static void Unstyle(XElement element)
    {
        if (element.Attribute("style") is not { } style)
        {
            return;
        }

        style.Remove();
        foreach (var declaration in style.Value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = declaration.IndexOf(':', StringComparison.Ordinal);
            element.SetAttributeValue(declaration[..colon].Trim(), declaration[(colon + 1)..].Trim());
        }
    }

    /// <summary>A legend is cut off at the width that OxyPlot reckons for it. A browser's font may be wider, so it gets the width of the picture.</summary>
    private static void WidenLegends(XElement root, PlotModel model, double width)
    {
        foreach (var area in model.Legends.Select(legend => legend.LegendArea))
        {
            foreach (var clip in root.Descendants(Svg + "clipPath").Elements(Svg + "rect").Where(rect => Near(rect, "y", area.Top) && Near(rect, "height", area.Height)))
            {
                clip.SetAttributeValue("x", "0");
                clip.SetAttributeValue("width", width.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    private static bool Near(XElement element, string attribute, double value) =>
        Math.Abs((double?)element.Attribute(attribute) - value ?? double.NaN) < 0.001;

    private static void NameClips(XElement root)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root.ToString(SaveOptions.DisableFormatting))))[..8];
        foreach (var clip in root.Descendants(Svg + "clipPath"))
        {
            clip.SetAttributeValue("id", $"{clip.Attribute("id")?.Value}-{hash}");
        }

        foreach (var use in root.DescendantsAndSelf().Attributes("clip-path"))
        {
            use.Value = use.Value.Replace(")", $"-{hash})", StringComparison.Ordinal);
        }
    }

    /// <summary>OxyPlot lays text out by the widths of a narrow font; browsers draw a wider one.</summary>
    private sealed class RoomyText(double width, double height) : PdfRenderContext(width, height, OxyColors.White)
    {
        private const double Room = 1.25;

        public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
        {
            var size = base.MeasureText(text, "Arial", fontSize, fontWeight);
            var unknown = text?.Count(letter => letter > 0xFF) ?? 0; // Greek and the like have no width in the table
            return new((size.Width * Room) + (unknown * fontSize * 0.6), size.Height);
        }
    }
}
