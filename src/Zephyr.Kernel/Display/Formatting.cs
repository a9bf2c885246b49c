using System.Collections;

namespace Zephyr.Kernel.Display;

/// <summary>How values look: first what their type says itself, else the kernel's own forms.</summary>
internal static class Formatting
{
    /// <summary>The forms of a value.</summary>
    /// <param name="value">Anything, also null.</param>
    /// <param name="mimeTypes">The forms wanted; none for all.</param>
    /// <exception cref="ArgumentException">The value has none of the forms wanted.</exception>
    public static MimeBundle Bundle(object? value, IReadOnlyCollection<string> mimeTypes)
    {
        if (value is string text && mimeTypes.Count == 1)
        {
            return new MimeBundle().Add(mimeTypes.Single(), text);
        }

        var all = All(value);
        if (mimeTypes.Count == 0)
        {
            return all;
        }

        var wanted = new MimeBundle();
        foreach (var type in mimeTypes)
        {
            if (all.Text(type) is { } content)
            {
                wanted.Add(type, content);
            }
        }

        return wanted.MimeTypes.Any()
            ? wanted
            : throw new ArgumentException(
                $"A {value?.GetType().Name ?? "null"} can be shown as {string.Join(", ", all.MimeTypes)}, not as {string.Join(", ", mimeTypes)}.");
    }

    private static MimeBundle All(object? value)
    {
        if (value is MimeContent content)
        {
            return new MimeBundle().Add(content.MimeType, content.Content).Add("text/plain", content.MimeType == "text/plain" ? content.Content : PlainOf(content));
        }

        var bundle = (value is null ? null : ConventionFormatters.Of(value)) ?? new MimeBundle();
        if (bundle.MimeTypes.Any())
        {
            return bundle.Text("text/plain") is null ? bundle.Add("text/plain", PlainText.Of(value)) : bundle;
        }

        if (value is IEnumerable items and not (ICollection or string))
        {
            value = items.Cast<object?>().Take(PlainText.MostItems + 1).ToList(); // asked once, and not to its end
        }

        var plain = PlainText.Of(value);
        return bundle.Add("text/html", HtmlText.Of(value, plain)).Add("text/plain", plain);
    }

    private static string PlainOf(MimeContent content) => content.MimeType is "text/markdown" or "application/json" ? content.Content : $"({content.MimeType})";
}
