using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks;

/// <summary>How an exercise stands.</summary>
public enum Verdict
{
    /// <summary>The answer is still null.</summary>
    Unanswered,

    /// <summary>The checker found a fault.</summary>
    Wrong,

    /// <summary>The checker found none.</summary>
    Right,
}

/// <summary>
/// A question whose answer a machine checks. The cell declares <c>answer = null</c>; the reader replaces null.
/// An open exercise is not an error: it prints "not answered yet", and the notebook goes on.
/// </summary>
/// <example><c>Exercise.Judge("06", answer, f => f(0) == Math.Log(2) ? null : $"f(0) is {f(0)}, not ln 2")</c></example>
[TypeFormatterSource(typeof(HtmlFormatters), PreferredMimeTypes = [Mime.Html, Mime.Text])]
public sealed class Exercise : IDisplayed
{
    private readonly string _message;

    private Exercise(string id, Verdict verdict, string fault)
    {
        (Id, Verdict) = (id, verdict);
        _message = $"Exercise {id}: " + verdict switch
        {
            Verdict.Unanswered => "not answered yet",
            Verdict.Wrong => "not right yet. " + fault,
            _ => "right",
        };
    }

    /// <summary>The notebook's number, with a letter where it has several.</summary>
    public string Id { get; }

    /// <summary>How it stands.</summary>
    public Verdict Verdict { get; }

    /// <summary>Judges an answer.</summary>
    /// <param name="id">The notebook's number, with a letter where it has several.</param>
    /// <param name="answer">Null while the reader has not answered.</param>
    /// <param name="fault">Says what is wrong with an answer, in words that help; null where nothing is.</param>
    public static Exercise Judge<T>(string id, T? answer, Func<T, string?> fault) where T : class =>
        answer is null ? new(id, Verdict.Unanswered, "") : Judged(id, fault(answer));

    /// <inheritdoc cref="Judge{T}(string, T, Func{T, string})"/>
    public static Exercise Judge<T>(string id, T? answer, Func<T, string?> fault) where T : struct =>
        answer is null ? new(id, Verdict.Unanswered, "") : Judged(id, fault(answer.Value));

    /// <inheritdoc/>
    public string? Render(string mimeType) => mimeType switch
    {
        Mime.Html => $"<p><b>{Markup.EscapeLines(_message)}</b></p>",
        Mime.Text => _message,
        _ => null,
    };

    /// <summary>One line: the verdict, and what is wrong.</summary>
    public override string ToString() => _message;

    private static Exercise Judged(string id, string? fault) => fault is null ? new(id, Verdict.Right, "") : new(id, Verdict.Wrong, fault);
}
