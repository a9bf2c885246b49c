using System.Text;

namespace Zephyr.Text;

/// <summary>A stretch of a text, in UTF-16 characters.</summary>
/// <param name="Start">Its first character, from 0.</param>
/// <param name="Length">How many.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>One past its last character.</summary>
    public int End => Start + Length;
}

/// <summary>A dialogue as one text.</summary>
/// <param name="Text">With the template's marks, without <c>&lt;s&gt;</c>, which the tokenizer adds.</param>
/// <param name="Learned">What training learns from: each assistant turn with the <c>&lt;/s&gt;</c> that ends it; in order, apart from each other.</param>
public sealed record RenderedDialogue(string Text, IReadOnlyList<TextSpan> Learned);

/// <summary>How messages become one text and back to whom each part belongs.</summary>
public sealed class ChatTemplate
{
    private readonly string _endOfTurn;
    private readonly string _beforeRole;
    private readonly string _afterRole;

    private ChatTemplate(string beforeRole, string afterRole, string endOfTurn) => (_beforeRole, _afterRole, _endOfTurn) = (beforeRole, afterRole, endOfTurn);

    /// <summary>
    /// Zephyr's: for each message <c>&lt;|role|&gt;</c>, line break, content, <c>&lt;/s&gt;</c>, line break. Nothing is trimmed or escaped,
    /// and no system message is invented. The role marks are ordinary text, not tokens of their own.
    /// </summary>
    /// <remarks>Source: the chat template of zephyr-7b-beta.</remarks>
    public static ChatTemplate Zephyr { get; } = new("<|", "|>\n", "</s>");

    /// <summary>The text of a dialogue and the spans to learn.</summary>
    /// <param name="messages">Any number; none gives an empty text.</param>
    /// <param name="addGenerationPrompt">Whether an assistant's header stands at the end, for a model to go on from.</param>
    public RenderedDialogue Render(IEnumerable<ChatMessage> messages, bool addGenerationPrompt = false)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var text = new StringBuilder();
        var learned = new List<TextSpan>();
        foreach (var message in messages)
        {
            text.Append(Header(message.Role));
            if (message.Role == Role.Assistant)
            {
                learned.Add(new(text.Length, message.Content.Length + _endOfTurn.Length));
            }

            text.Append(Turn(message.Content));
        }

        if (addGenerationPrompt)
        {
            text.Append(Header(Role.Assistant));
        }

        return new(text.ToString(), learned);
    }

    /// <summary>What stands before a message: <c>&lt;|role|&gt;</c> and a line break.</summary>
    public string Header(Role role) => _beforeRole + ChatMessage.NameOf(role) + _afterRole;

    /// <summary>What a message adds after its header: content, <c>&lt;/s&gt;</c>, line break.</summary>
    public string Turn(string content) => $"{content}{_endOfTurn}\n";
}
