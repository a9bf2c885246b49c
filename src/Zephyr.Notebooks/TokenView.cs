using System.Globalization;
using System.Text;
using Zephyr.Notebooks.Charts;
using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks;

/// <summary>A text token by token: what is learned from in bold on blue, documents numbered and tinted in turn, a number above each token.</summary>
/// <remarks>Readable without colours and without styles: bold, small numbers and brackets say the same.</remarks>
[TypeFormatterSource(typeof(HtmlFormatters), PreferredMimeTypes = [Mime.Html, Mime.Text])]
public sealed class TokenView : IDisplayed
{
    private const int TokensShown = 600;
    private readonly string[] _tokens;
    private readonly bool[]? _learned;
    private readonly int[]? _documents;
    private readonly double[]? _values;
    private readonly string _title;
    private string _meaning = "are learned from";

    private TokenView(string title, IEnumerable<string> tokens, IEnumerable<bool>? learned, IEnumerable<int>? documents, IEnumerable<double>? values)
    {
        (_title, _tokens) = (title, [.. tokens]);
        (_learned, _documents, _values) = (learned?.ToArray(), documents?.ToArray(), values?.ToArray());
        Require(_learned?.Length, "marks of what is learned");
        Require(_documents?.Length, "document numbers");
        Require(_values?.Length, "values");
    }

    /// <summary>Tokens, those that the loss learns from marked.</summary>
    /// <param name="tokens">The pieces as the tokenizer names them; ▁ is shown as a space.</param>
    /// <param name="learned">True where the loss counts the token.</param>
    /// <param name="title">Stands above.</param>
    /// <exception cref="ArgumentException">The sequences differ in length.</exception>
    public static TokenView OfLearned(IEnumerable<string> tokens, IEnumerable<bool> learned, string title = "") => new(title, tokens, learned, null, null);

    /// <summary>Tokens, some of them marked for a reason of their own.</summary>
    /// <param name="tokens">The pieces as the tokenizer names them.</param>
    /// <param name="marked">True for those marked.</param>
    /// <param name="meaning">What the marked ones do, after "3 of 11 tokens": for example "name a fact".</param>
    /// <param name="title">Stands above.</param>
    /// <exception cref="ArgumentException">The sequences differ in length.</exception>
    public static TokenView OfMarked(IEnumerable<string> tokens, IEnumerable<bool> marked, string meaning, string title = "") => new(title, tokens, marked, null, null) { _meaning = meaning };

    /// <summary>A packed row: which document each token belongs to and, if given, what is learned.</summary>
    /// <param name="tokens">The pieces as the tokenizer names them.</param>
    /// <param name="documents">A number for each token; 0 is padding.</param>
    /// <param name="learned">True where the loss counts the token.</param>
    /// <param name="title">Stands above.</param>
    /// <exception cref="ArgumentException">The sequences differ in length.</exception>
    public static TokenView OfDocuments(IEnumerable<string> tokens, IEnumerable<int> documents, IEnumerable<bool>? learned = null, string title = "") =>
        new(title, tokens, learned, documents, null);

    /// <summary>A number above each token, for example β times its change of log-probability: blue above zero, orange below.</summary>
    /// <exception cref="ArgumentException">The sequences differ in length.</exception>
    public static TokenView OfValues(IEnumerable<string> tokens, IEnumerable<double> values, string title = "") => new(title, tokens, null, null, values);

    /// <inheritdoc/>
    public string? Render(string mimeType) => mimeType switch
    {
        Mime.Html => ToHtml(),
        Mime.Text => ToString(),
        _ => null,
    };

    /// <summary>Learned runs in [brackets], documents after |number|, values after each token.</summary>
    public override string ToString()
    {
        var result = new StringBuilder(_title.Length > 0 ? _title + "\n" : "");
        for (var i = 0; i < Shown; i++)
        {
            result.Append(StartsDocument(i) ? $"|{_documents![i]}|" : "");
            result.Append(IsLearned(i) && !IsLearned(i - 1) ? "[" : "").Append(Piece(i)).Append(IsLearned(i) && !IsLearned(i + 1) ? "]" : "");
            result.Append(_values is null ? "" : $" ({Signed(_values[i])}) ");
        }

        return result.Append(Summary() is { Length: > 0 } summary ? "\n" + summary : "").ToString();
    }

    private int Shown => Math.Min(_tokens.Length, TokensShown);

    private string ToHtml()
    {
        var result = new StringBuilder(_title.Length > 0 ? $"<p><b>{Markup.Escape(_title)}</b></p>" : "");
        result.Append(CultureInfo.InvariantCulture, $"<div style=\"font-family:monospace;line-height:{(_values is null ? "1.7" : "2.4")};white-space:pre-wrap\">");
        var largest = _values is null ? 1 : Math.Max(1e-12, _values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max());
        for (var i = 0; i < Shown; i++)
        {
            result.Append(StartsDocument(i) ? $"<sup>{_documents![i]}</sup>" : "");
            var tag = IsLearned(i) ? "b" : "span";
            result.Append(CultureInfo.InvariantCulture, $"<{tag} style=\"border-left:1px solid #8888;{Background(i, largest)}\">{Content(i)}</{tag}>");
            result.Append(Piece(i).EndsWith('↵') ? "<br/>" : "");
        }

        result.Append("</div>");
        return result.Append(Summary() is { Length: > 0 } summary ? $"<p><small>{Markup.Escape(summary)}</small></p>" : "").ToString();
    }

    private string Content(int i)
    {
        var piece = Markup.Escape(Piece(i));
        return _values is null ? piece : $"<ruby>{piece}<rt style=\"font-size:75%\">{Markup.Escape(Signed(_values[i]))}</rt></ruby>";
    }

    private string Background(int i, double largest)
    {
        if (_values is not null)
        {
            var strength = double.IsFinite(_values[i]) ? (int)(Math.Abs(_values[i]) / largest * 0x99) : 0;
            return string.Create(CultureInfo.InvariantCulture, $"background:{(_values[i] < 0 ? Palette.Second : Palette.First)}{strength:x2}");
        }

        if (_documents is not null)
        {
            var accent = _documents[i] == 0 ? Palette.Grey : _documents[i] % 2 == 1 ? Palette.First : Palette.Second;
            return $"background:{accent}{(IsLearned(i) ? "55" : "22")}";
        }

        return IsLearned(i) ? $"background:{Palette.First}33" : "";
    }

    private string Piece(int i) => _tokens[i].Replace('▁', ' ').Replace("<0x0A>", "↵", StringComparison.Ordinal).ReplaceLineEndings("↵");

    private bool IsLearned(int i) => _learned is not null && i >= 0 && i < Shown && _learned[i];

    private bool StartsDocument(int i) => _documents is not null && (i == 0 || _documents[i] != _documents[i - 1]);

    private string Summary()
    {
        var parts = new List<string>();
        if (_learned is not null)
        {
            parts.Add($"{_learned.Count(learned => learned)} of {_tokens.Length} tokens {_meaning}");
        }

        if (_values is not null)
        {
            parts.Add($"sum over {_tokens.Length} tokens: {Signed(_values.Sum())}");
        }

        if (Shown < _tokens.Length)
        {
            parts.Add($"the first {Shown} tokens are shown");
        }

        return string.Join("; ", parts);
    }

    private static string Signed(double value) => value.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture);

    private void Require(int? count, string what)
    {
        if (count is { } given && given != _tokens.Length)
        {
            throw new ArgumentException($"There are {_tokens.Length} tokens but {given} {what}; each token needs one.");
        }
    }
}
