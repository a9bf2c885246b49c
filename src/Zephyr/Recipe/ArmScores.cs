using Zephyr.Generation;
using Zephyr.TinyWorld;

namespace Zephyr.Recipe;

/// <summary>One model's replies to the same prompts, as the judge sees them: sampled at temperature 0.7, several times a prompt, and greedily.</summary>
/// <param name="Name">The model.</param>
/// <param name="Samples">The judge's opinion of each set of sampled replies.</param>
/// <param name="Greedy">The judge's opinion of the likeliest replies.</param>
/// <param name="SampledReplies">The sampled replies themselves, a list a set.</param>
/// <param name="GreedyReplies">The likeliest replies.</param>
public sealed record ArmScores(
    string Name,
    IReadOnlyList<WorldScores> Samples,
    WorldScores Greedy,
    IReadOnlyList<IReadOnlyList<WrittenReply>> SampledReplies,
    IReadOnlyList<WrittenReply> GreedyReplies)
{
    /// <summary>The score of each prompt, mean over its samples: what paired comparisons take.</summary>
    public IReadOnlyList<double> SampledByPrompt { get; } = [.. Enumerable.Range(0, Greedy.Verdicts.Count).Select(prompt => Samples.Average(sample => sample.Verdicts[prompt].Overall))];

    /// <summary>The score of each prompt's likeliest reply.</summary>
    public IReadOnlyList<double> GreedyByPrompt => Greedy.Scores;

    /// <summary>Mean score at temperature 0.7.</summary>
    public double Sampled => SampledByPrompt.Average();

    /// <summary>Share of sampled replies that the model ended by itself, 0 to 1.</summary>
    public double Ended => SampledReplies.SelectMany(replies => replies).Average(reply => reply.Reason == StopReason.EndOfText ? 1.0 : 0);
}

/// <summary>A reply in words.</summary>
/// <param name="Text">What the model wrote; a document that it began by itself shows as <c>&lt;s&gt;</c>.</param>
/// <param name="Reason">Why it stops.</param>
public sealed record WrittenReply(string Text, StopReason Reason);
