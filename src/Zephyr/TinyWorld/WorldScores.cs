namespace Zephyr.TinyWorld;

/// <summary>What the judge says about a model's replies to a set of prompts.</summary>
public sealed record WorldScores
{
    private WorldScores(IReadOnlyList<Question> questions, IReadOnlyList<Verdict> verdicts)
    {
        Questions = questions;
        Verdicts = verdicts;
    }

    /// <summary>What was asked.</summary>
    public IReadOnlyList<Question> Questions { get; }

    /// <summary>The verdict on each reply, in the order of the questions.</summary>
    public IReadOnlyList<Verdict> Verdicts { get; }

    /// <summary>The overall score of each reply, 1 to 5.</summary>
    public IReadOnlyList<double> Scores => [.. Verdicts.Select(verdict => verdict.Overall)];

    /// <summary>The mean overall score, 1 to 5.</summary>
    public double Mean => Verdicts.Average(verdict => verdict.Overall);

    /// <summary>Mean instruction following, 1 to 5.</summary>
    public double InstructionFollowing => Verdicts.Average(verdict => verdict.InstructionFollowing);

    /// <summary>Mean truthfulness, 1 to 5.</summary>
    public double Truthfulness => Verdicts.Average(verdict => verdict.Truthfulness);

    /// <summary>Mean honesty, 1 to 5.</summary>
    public double Honesty => Verdicts.Average(verdict => verdict.Honesty);

    /// <summary>Mean helpfulness, 1 to 5.</summary>
    public double Helpfulness => Verdicts.Average(verdict => verdict.Helpfulness);

    /// <summary>Mean length in words and marks.</summary>
    public double Length => Verdicts.Average(verdict => verdict.Length);

    /// <summary>Share of right answers where something is known, 0 to 1.</summary>
    public double Right => Share(verdict => verdict.IsRight, family => family != QuestionFamily.Unknown);

    /// <summary>Share of unknowns that are admitted.</summary>
    public double Admitted => Share(verdict => verdict.IsRight, family => family == QuestionFamily.Unknown);

    /// <summary>Share of replies that keep the form, where one was asked for.</summary>
    public double Obeyed => Share(verdict => verdict.Obeys, family => family is QuestionFamily.OneWord or QuestionFamily.SeveralFacts or QuestionFamily.Compare or QuestionFamily.Brief);

    /// <summary>Share of replies with a further true fact, where one is welcome.</summary>
    public double Extra => Share(verdict => verdict.HasExtra, family => family is QuestionFamily.Fact or QuestionFamily.Unknown or QuestionFamily.TwoTurns);

    /// <summary>Share of replies without a disclaimer.</summary>
    public double WithoutDisclaimer => Share(verdict => !verdict.Disclaims);

    /// <summary>Share of replies in proper case.</summary>
    public double ProperCase => Share(verdict => !verdict.IsLowerCase);

    /// <summary>Share of replies that neither ramble nor break off.</summary>
    public double CleanEnd => Share(verdict => !verdict.Rambles && !verdict.IsCutShort);

    /// <summary>Share of replies with something beyond the world's grammar.</summary>
    public double Garbage => Share(verdict => verdict.HasGarbage);

    /// <summary>Judges every reply.</summary>
    /// <param name="judge">Who judges.</param>
    /// <param name="questions">What was asked.</param>
    /// <param name="replies">The replies, in the same order.</param>
    /// <exception cref="ArgumentException">The numbers differ or are zero.</exception>
    public static WorldScores Of(WorldJudge judge, IReadOnlyList<Question> questions, IReadOnlyList<string> replies)
    {
        ArgumentNullException.ThrowIfNull(judge);
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(replies);
        return questions.Count == replies.Count && replies.Count > 0
            ? new(questions, [.. questions.Zip(replies, judge.Judge)])
            : throw new ArgumentException($"{questions.Count} questions but {replies.Count} replies.", nameof(replies));
    }

    /// <summary>The mean score of the prompts of one kind; null where there is none.</summary>
    public double? MeanOf(QuestionFamily family)
    {
        double[] scores = [.. Questions.Zip(Verdicts).Where(pair => pair.First.Family == family).Select(pair => pair.Second.Overall)];
        return scores.Length > 0 ? scores.Average() : null;
    }

    private double Share(Func<Verdict, bool> holds, Func<QuestionFamily, bool>? families = null)
    {
        var counted = Questions.Zip(Verdicts).Where(pair => families is null || families(pair.First.Family)).Select(pair => pair.Second).ToArray();
        return counted.Length > 0 ? counted.Count(holds) / (double)counted.Length : double.NaN;
    }
}
