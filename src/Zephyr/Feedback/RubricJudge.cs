using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;
using Zephyr.Text;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Zephyr.Feedback;

/// <summary>A chat model as judge: it is shown the rubric, the prompt and the reply, and answers with one line an aspect.</summary>
/// <param name="client">The model.</param>
/// <param name="model">Its name, which becomes part of the judge's.</param>
/// <param name="rubric">What it looks at; its aspects must be UltraFeedback's four.</param>
/// <remarks>
/// After Cui et al. 2023, in this kit's own words and in one call a reply. Their judge rated four replies in one call an aspect, at temperature 0.
/// </remarks>
public sealed class RubricJudge(IChatClient client, string model, Rubric rubric) : IJudge
{
    private const string NotApplicable = "N/A";

    /// <inheritdoc/>
    public string Name { get; } = $"{model} by rubric {AnswerCache.KeyOf([rubric.Overall, .. rubric.Aspects.SelectMany(aspect => new[] { aspect.Name, aspect.Question })])[..8]}";

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The model did not answer in the form asked for; the message holds its answer.</exception>
    public async Task<Rating> RateAsync(JudgeRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var settings = new ChatOptions { Temperature = 0, Seed = request.Seed };
        var answer = await client.GetResponseAsync([new ChatMessage(ChatRole.User, Ask(request))], settings, cancellation).ConfigureAwait(false);
        return Read(answer.Text);
    }

    /// <summary>What the model is shown.</summary>
    public string Ask(JudgeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var text = new StringBuilder("Rate the last reply of a dialogue. Answer with these lines and nothing before them, then your reasons.\n\n");
        foreach (var aspect in rubric.Aspects)
        {
            text.Append(CultureInfo.InvariantCulture, $"{aspect.Name}: 1 (worst) to 5 (best), or {NotApplicable}. {aspect.Question}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"overall: 1 to 10. {rubric.Overall}\n\n");
        foreach (var message in request.Prompt.Where(message => message.Role != Role.System || message.Content.Length > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"[{message.RoleName}]\n{message.Content}\n\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"[reply to rate]\n{request.Reply}\n").ToString();
    }

    private Rating Read(string answer)
    {
        var lines = answer.Split('\n');
        var ratings = rubric.Aspects.ToDictionary(aspect => aspect.Name, aspect => Aspect(answer, Value(answer, lines, aspect.Name)), StringComparer.Ordinal);
        var critique = string.Join('\n', lines.Where(line => !ratings.Keys.Append("overall").Any(name => line.TrimStart().StartsWith($"{name}:", StringComparison.Ordinal)))).Trim();
        return new(
            Of(ratings, "instruction_following"),
            Of(ratings, "truthfulness"),
            Of(ratings, "honesty"),
            Of(ratings, "helpfulness"),
            Number(answer, Value(answer, lines, "overall"), 10),
            critique);
    }

    private int? Of(Dictionary<string, int?> ratings, string aspect) => ratings.TryGetValue(aspect, out var rating)
        ? rating
        : throw new InvalidOperationException($"The rubric has no aspect {aspect}: {string.Join(", ", rubric.Aspects.Select(known => known.Name))}.");

    private static string Value(string answer, string[] lines, string name) =>
        lines.Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith($"{name}:", StringComparison.Ordinal))?[(name.Length + 1)..].Trim()
        ?? throw new InvalidDataException($"The judge's answer has no line \"{name}: ...\": {answer}");

    private static int? Aspect(string answer, string value)
    {
        if (value == NotApplicable)
        {
            return null;
        }

        var number = Number(answer, value, 5);
        return number == (int)number ? (int)number : throw new InvalidDataException($"The judge rates \"{value}\", not a whole number from 1 to 5: {answer}");
    }

    private static double Number(string answer, string value, int most) =>
        double.TryParse(value.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw new InvalidDataException($"The judge rates \"{value}\", not 1 to {most}: {answer}");
}
