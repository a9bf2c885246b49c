using System.Diagnostics.CodeAnalysis;
using Zephyr.Kernel.Display;

namespace Zephyr.Kernel.Words;

/// <summary>The words that every cell knows without a using.</summary>
[SuppressMessage("Style", "IDE1006:Naming Styles", Justification = "Notebooks know these words in lower case.")]
public static class CellWords
{
    /// <summary>Shows a value below the cell.</summary>
    /// <param name="value">Anything.</param>
    /// <param name="mimeTypes">The forms to show it in; none for all that it has. A string is taken to be of the one given type.</param>
    /// <returns>A handle whose <see cref="DisplayHandle.Update"/> changes it in place.</returns>
    public static DisplayHandle display(object? value, params string[] mimeTypes) => CellDisplay.Show(value, mimeTypes);

    /// <summary>Forgets what the cell showed so far.</summary>
    /// <param name="wait">Wait until it shows something new, so that nothing flickers.</param>
    public static void clear_output(bool wait = false) => CellDisplay.Output?.Clear(wait);

    /// <summary>Asks the reader for a line of text, and waits for it. <see cref="Console.ReadLine"/> does the same without a prompt.</summary>
    /// <exception cref="InvalidOperationException">Nobody is there to answer.</exception>
    public static string input(string prompt = "") => FrontEndInput.Ask(prompt, secret: false);

    /// <summary>Asks the reader for a secret: the front end shows dots, and nothing of it is stored in the notebook.</summary>
    /// <exception cref="InvalidOperationException">Nobody is there to answer.</exception>
    public static string password(string prompt = "") => FrontEndInput.Ask(prompt, secret: true);

    /// <summary>Markup to be shown as it is.</summary>
    public static MimeContent HTML(string content) => new("text/html", content);

    /// <summary>A drawing to be shown as it is.</summary>
    public static MimeContent SVG(string content) => new("image/svg+xml", content);

    /// <summary>Text in Markdown.</summary>
    public static MimeContent Markdown(string content) => new("text/markdown", content);

    /// <summary>A value as JSON, which front ends show as a tree.</summary>
    public static MimeContent Json(object? value) => MimeContent.Json(value);
}
