namespace Zephyr.Notebooks.Display;

/// <summary>Writes one media type of a displayed value; kernels call it by its shape.</summary>
internal sealed class Formatter(string mimeType)
{
    public string MimeType { get; } = mimeType;

    /// <returns>False where the value has no such form, so that the kernel leaves it out of the bundle.</returns>
    public bool Format(object instance, TextWriter writer)
    {
        if (instance is not IDisplayed displayed || displayed.Render(MimeType) is not { } content)
        {
            return false;
        }

        writer.Write(content);
        return true;
    }
}

/// <summary>What a kernel asks for formatters, by this method's name.</summary>
internal abstract class FormatterSource(params string[] mimeTypes)
{
    public IEnumerable<object> CreateTypeFormatters() => mimeTypes.Select(mimeType => new Formatter(mimeType));
}

/// <summary>Plotly for live renderers, SVG where there is none, text for the rest. No HTML: it would win over the SVG in some viewers.</summary>
internal sealed class ChartFormatters() : FormatterSource(Mime.Plotly, Mime.Svg, Mime.Text);

/// <summary>HTML and its text alternative.</summary>
internal sealed class HtmlFormatters() : FormatterSource(Mime.Html, Mime.Text);

/// <summary>One line of text.</summary>
internal sealed class TextFormatters() : FormatterSource(Mime.Text);
