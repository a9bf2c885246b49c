using Plotly.NET;
using Zephyr.Notebooks.Display;
using static Zephyr.Notebooks.Charts.PlotlyFigure;

namespace Zephyr.Notebooks.Charts;

/// <summary>Titles, axes, arrows and rules of a Plotly figure.</summary>
internal static class PlotlyLayout
{
    public static Layout Of(Figure figure)
    {
        var layout = new Layout();
        layout.SetProperty("template", new Dictionary<string, object?>());
        layout.SetProperty("title", Map(("text", Markup.Escape(figure.Title)), ("font", Map(("size", 15)))));
        layout.SetProperty("width", figure.Width);
        layout.SetProperty("height", figure.Height);
        layout.SetProperty("font", Map(("color", Palette.Ink)));
        layout.SetProperty("margin", Map(("l", 60), ("r", 20), ("t", 50), ("b", 50)));
        layout.SetProperty("legend", Map(("orientation", "h"), ("y", 1.02), ("yanchor", "bottom"), ("x", 1), ("xanchor", "right")));
        layout.SetProperty("showlegend", figure.Layers.Count(layer => layer is LineLayer or DotsLayer or BarsLayer or HistogramLayer) > 1);
        layout.SetProperty("xaxis", OfAxis(figure.X, reversed: false));
        layout.SetProperty("yaxis", OfAxis(figure.Y, reversed: figure.Layers.Any(layer => layer is HeatLayer)));
        if (figure.Layers.OfType<BarsLayer>().Any())
        {
            layout.SetProperty("barmode", "group");
        }
        else if (figure.Layers.OfType<HistogramLayer>().Any())
        {
            layout.SetProperty("barmode", "overlay");
        }

        layout.SetProperty("shapes", figure.Layers.OfType<RuleLayer>().Select(Rule).ToArray());
        layout.SetProperty("annotations", figure.Layers.OfType<RuleLayer>().Select(RuleName).Concat(figure.Layers.OfType<ArrowLayer>().Select(Arrow)).ToArray());
        return layout;
    }

    private static Dictionary<string, object?> OfAxis(Axis axis, bool reversed)
    {
        var result = Map(("title", Map(("text", Markup.Escape(axis.Title)))), ("gridcolor", Palette.Grid), ("linecolor", Palette.Ink), ("zeroline", false), ("automargin", true));
        if (axis.IsLog)
        {
            result["type"] = "log";
        }

        if (axis is { From: { } from, To: { } to })
        {
            result["range"] = axis.IsLog ? [Math.Log10(from), Math.Log10(to)] : new[] { from, to };
        }

        if (reversed)
        {
            result["autorange"] = "reversed";
        }

        return result;
    }

    private static Dictionary<string, object?> Rule(RuleLayer rule)
    {
        var at = Numbers.ForPicture(rule.At);
        var line = Map(("color", Palette.Grey), ("width", 1), ("dash", "dash"));
        return rule.IsVertical
            ? Map(("type", "line"), ("x0", at), ("x1", at), ("yref", "paper"), ("y0", 0), ("y1", 1), ("line", line))
            : Map(("type", "line"), ("y0", at), ("y1", at), ("xref", "paper"), ("x0", 0), ("x1", 1), ("line", line));
    }

    private static Dictionary<string, object?> RuleName(RuleLayer rule)
    {
        var result = Map(("text", Markup.Escape(rule.Name)), ("showarrow", false), ("font", Map(("color", Palette.Grey))));
        result[rule.IsVertical ? "x" : "y"] = Numbers.ForPicture(rule.At);
        result[rule.IsVertical ? "yref" : "xref"] = "paper";
        result[rule.IsVertical ? "y" : "x"] = 1;
        result[rule.IsVertical ? "xanchor" : "yanchor"] = rule.IsVertical ? "left" : "bottom";
        result[rule.IsVertical ? "yanchor" : "xanchor"] = rule.IsVertical ? "top" : "right";
        return result;
    }

    private static Dictionary<string, object?> Arrow(ArrowLayer arrow) => Map(
        ("x", Numbers.ForPicture(arrow.ToX)), ("y", Numbers.ForPicture(arrow.ToY)),
        ("ax", Numbers.ForPicture(arrow.FromX)), ("ay", Numbers.ForPicture(arrow.FromY)),
        ("xref", "x"), ("yref", "y"), ("axref", "x"), ("ayref", "y"),
        ("text", Markup.Escape(arrow.Name)), ("showarrow", true), ("arrowhead", 2), ("arrowcolor", Palette.Second), ("arrowwidth", 1.5), ("font", Map(("color", Palette.Second))));
}
