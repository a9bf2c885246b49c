namespace Zephyr.Notebooks;

/// <summary>A value that knows how it looks in a notebook: a chart, a table, a view of tokens.</summary>
public interface IDisplayed
{
    /// <summary>How the value looks in one media type.</summary>
    /// <param name="mimeType">For example <c>text/plain</c>, which every displayed value has, or <c>image/svg+xml</c>.</param>
    /// <returns>The content, or null where the value has no such form.</returns>
    string? Render(string mimeType);
}
