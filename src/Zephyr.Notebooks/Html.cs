using System.Globalization;
using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks;

/// <summary>Markup that is well-formed by construction, with a text alternative.</summary>
/// <example><c>Html.Of($"&lt;b&gt;{reply}&lt;/b&gt;")</c> escapes <c>reply</c>, whatever it holds.</example>
[TypeFormatterSource(typeof(HtmlFormatters), PreferredMimeTypes = [Mime.Html, Mime.Text])]
public sealed class Html : IDisplayed
{
    private readonly string _markup;
    private readonly string _text;

    private Html(string markup, string text) => (_markup, _text) = (markup, text);

    /// <summary>Markup with values in it. Each value is escaped, except values of this type, which are put in as they are.</summary>
    /// <param name="markup">An interpolated string; its literal parts are markup, every tag closed.</param>
    /// <exception cref="ArgumentException">The result is not well-formed.</exception>
    public static Html Of(FormattableString markup)
    {
        ArgumentNullException.ThrowIfNull(markup);
        var arguments = markup.GetArguments().Select(value => value is Html html ? (object)html._markup : new Escaped(value)).ToArray();
        return FromMarkup(string.Format(CultureInfo.InvariantCulture, markup.Format, arguments));
    }

    /// <summary>Text, escaped, its line breaks kept.</summary>
    public static Html FromText(string text) => FromMarkup(Markup.EscapeLines(text));

    /// <summary>One piece of markup after the other.</summary>
    public static Html Join(IEnumerable<Html> parts) => FromMarkup(string.Concat(parts.Select(part => part._markup)));

    /// <inheritdoc/>
    public string? Render(string mimeType) => mimeType switch
    {
        Mime.Html => _markup,
        Mime.Text => _text,
        _ => null,
    };

    /// <summary>The text without markup.</summary>
    public override string ToString() => _text;

    internal static Html FromMarkup(string markup) => new(markup, Markup.ToText(markup));

    private sealed class Escaped(object? value) : IFormattable
    {
        public string ToString(string? format, IFormatProvider? formatProvider) =>
            Markup.Escape(value is IFormattable formattable ? formattable.ToString(format, formatProvider) : value?.ToString());
    }
}
