using System.Text.Json.Serialization;

namespace Zephyr.Recipe.Claims;

/// <summary>What a claim belongs to; a run of the command decides one or more of these.</summary>
public enum ClaimGroup
{
    /// <summary>What the paper says, on the recipe as it is.</summary>
    Paper,

    /// <summary>Reversal: which reply of a pair is called the better one is drawn by coin.</summary>
    Labels,

    /// <summary>Reversal: chosen and rejected change places.</summary>
    Swap,

    /// <summary>Reversal: the judge of the feedback counts words and nothing else.</summary>
    Length,

    /// <summary>Reversal: the judge of the feedback wavers less, or more.</summary>
    Noise,

    /// <summary>Reversal: a teacher that is worse than the replies which the judge chooses.</summary>
    Teacher,

    /// <summary>Ablation: one to three epochs of dSFT, times one to three of dDPO.</summary>
    Epochs,

    /// <summary>Ablation: other values of beta.</summary>
    Betas,

    /// <summary>Ablation: the dialogues of dSFT without what the paper's filters take away.</summary>
    Filters,
}

/// <summary>How a claim's number comes about.</summary>
public enum StatisticKind
{
    /// <summary>First arm minus second arm, paired by prompt.</summary>
    Difference,

    /// <summary>One arm by itself.</summary>
    Level,

    /// <summary>The least-squares slope over the arms in their order, one step of the order as the unit.</summary>
    Trend,

    /// <summary>By what share the training loss falls at the end of an epoch: last quarter before it against first quarter after it.</summary>
    LossDrop,

    /// <summary>Held-out loss after the last epoch minus that after the first.</summary>
    HeldOutRise,
}

/// <summary>What is read off each reply.</summary>
public enum Measure
{
    /// <summary>The judge's overall score, 1 to 5.</summary>
    Score,

    /// <summary>Against the teacher's reply: 1 won, 0.5 tied, 0 lost.</summary>
    Win,

    /// <summary>Words and marks.</summary>
    Length,

    /// <summary>1 where the reply holds the opening mark of a role tag.</summary>
    RoleTags,

    /// <summary>1 where the model ended its reply by itself.</summary>
    Ended,

    /// <summary>1 where the answer is right; prompts about something known only.</summary>
    Right,

    /// <summary>1 where it is admitted that nobody knows; prompts about something unknown only.</summary>
    Admitted,

    /// <summary>1 where words are turned round rightly; prompts that ask for it only.</summary>
    TurnedRound,

    /// <summary>1 where the reply disclaims ("As an AI ...").</summary>
    Disclaims,
}

/// <summary>How replies are drawn.</summary>
public enum Decoding
{
    /// <summary>At temperature 0.7, the mean of several samples a prompt.</summary>
    Sampled,

    /// <summary>The likeliest token each time.</summary>
    Greedy,
}

/// <summary>What must meet the threshold.</summary>
public enum ClaimScope
{
    /// <summary>The number over all seeds.</summary>
    Pooled,

    /// <summary>The number of every single seed.</summary>
    EachSeed,
}

/// <summary>Where the paper says it.</summary>
/// <param name="Source">Section, table or figure.</param>
/// <param name="Number">What stands there, in words for a table; "none" where the paper gives no number.</param>
public sealed record PaperEvidence(string Source, string Number);

/// <summary>The number that decides a claim.</summary>
/// <param name="Kind">How it comes about.</param>
/// <param name="Arms">Names of <see cref="ClaimArms"/>: two for a difference, at least three for a trend, else one.</param>
/// <param name="Scope">What must meet the threshold.</param>
/// <param name="Measure">What is read off each reply; null for losses.</param>
/// <param name="Decoding">How replies are drawn; null for losses.</param>
/// <param name="Border">For <see cref="StatisticKind.LossDrop"/>: after which epoch, from 1.</param>
public sealed record ClaimStatistic(StatisticKind Kind, IReadOnlyList<string> Arms, ClaimScope Scope, Measure? Measure = null, Decoding? Decoding = null, int? Border = null)
{
    /// <summary>What one of the number is: "points" (of the judge), "words", "of replies" (a share), "of the loss" (a share), "nats a pair"; with "a step" behind it for a trend.</summary>
    [JsonIgnore]
    public string Unit => (Kind, Measure) switch
    {
        (StatisticKind.LossDrop, _) => "of the loss",
        (StatisticKind.HeldOutRise, _) => "nats a pair",
        (_, Claims.Measure.Score) => "points",
        (_, Claims.Measure.Length) => "words",
        _ => "of replies",
    } + (Kind == StatisticKind.Trend ? " a step" : "");
}

/// <summary>When a claim holds: every bound that is given is met.</summary>
/// <param name="AtLeast">The number itself is this or more.</param>
/// <param name="AtMost">The number itself is this or less.</param>
/// <param name="LowAbove">The lower end of the 95 % interval lies above this.</param>
/// <param name="HighBelow">The upper end of the 95 % interval lies below this.</param>
public sealed record ClaimThreshold(double? AtLeast = null, double? AtMost = null, double? LowAbove = null, double? HighBelow = null)
{
    /// <summary>In words: "at least 0.15, interval above 0".</summary>
    public override string ToString() => string.Join(", ", new (double? Bound, string Words)[]
    {
        (AtLeast, "at least"),
        (AtMost, "at most"),
        (LowAbove, "interval above"),
        (HighBelow, "interval below"),
    }.Where(bound => bound.Bound is not null).Select(bound => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bound.Words} {bound.Bound}")));
}

/// <summary>A sentence that a run can show to be wrong, written down before the run.</summary>
/// <param name="Id">Short and lasting; lower case with hyphens.</param>
/// <param name="Group">What it belongs to.</param>
/// <param name="Required">Whether the embedded world must show it; others are reported whatever comes out.</param>
/// <param name="Sentence">The claim.</param>
/// <param name="Paper">Where the paper says it.</param>
/// <param name="Statistic">The number that decides it.</param>
/// <param name="Threshold">When it holds.</param>
public sealed record Claim(string Id, ClaimGroup Group, bool Required, string Sentence, PaperEvidence Paper, ClaimStatistic Statistic, ClaimThreshold Threshold);
