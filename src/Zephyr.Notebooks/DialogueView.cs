using System.Text;
using Zephyr.Notebooks.Charts;
using Zephyr.Notebooks.Display;
using Zephyr.Text;

namespace Zephyr.Notebooks;

/// <summary>A dialogue as cards, one for each turn: who speaks in bold, then the words as they are.</summary>
[TypeFormatterSource(typeof(HtmlFormatters), PreferredMimeTypes = [Mime.Html, Mime.Text])]
public sealed class DialogueView : IDisplayed
{
    private readonly (string Role, string Content)[] _turns;
    private readonly string _title;

    private DialogueView((string Role, string Content)[] turns, string title) => (_turns, _title) = (turns, title);

    /// <summary>Turns in their order.</summary>
    /// <param name="turns">Who speaks (system, user, assistant), and what.</param>
    /// <param name="title">Stands above.</param>
    public static DialogueView Of(IEnumerable<(string Role, string Content)> turns, string title = "") => new([.. turns], title);

    /// <summary>The messages of a row.</summary>
    public static DialogueView Of(IEnumerable<ChatMessage> messages, string title = "") =>
        Of(messages.Select(message => (message.RoleName, message.Content)), title);

    /// <inheritdoc/>
    public string? Render(string mimeType) => mimeType switch
    {
        Mime.Html => ToHtml(),
        Mime.Text => ToString(),
        _ => null,
    };

    /// <summary>A line for each turn, the role before a colon.</summary>
    public override string ToString() => string.Join('\n', _turns.Select(turn => $"{turn.Role}: {turn.Content}").Prepend(_title).Where(line => line.Length > 0));

    private string ToHtml()
    {
        var result = new StringBuilder(_title.Length > 0 ? $"<p><b>{Markup.Escape(_title)}</b></p>" : "");
        foreach (var (role, content) in _turns)
        {
            var accent = role switch { "assistant" => Palette.First, "user" => Palette.Second, _ => Palette.Grey };
            result.Append($"<div style=\"border-left:4px solid {accent};padding:2px 10px;margin:6px 0\"><b>{Markup.Escape(role)}</b>")
                .Append($"<p style=\"margin:2px 0\">{Markup.EscapeLines(content)}</p></div>");
        }

        return result.ToString();
    }
}
