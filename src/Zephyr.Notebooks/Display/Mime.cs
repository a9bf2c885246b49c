namespace Zephyr.Notebooks.Display;

/// <summary>The media types that this library writes.</summary>
internal static class Mime
{
    public const string Plotly = "application/vnd.plotly.v1+json";
    public const string Svg = "image/svg+xml";
    public const string Html = "text/html";
    public const string Text = "text/plain";
}
