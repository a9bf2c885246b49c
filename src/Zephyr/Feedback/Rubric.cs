namespace Zephyr.Feedback;

/// <summary>What a judge is asked to look at: aspects from 1 (worst) to 5 (best), then one overall score.</summary>
/// <param name="Aspects">The aspects, in the order in which a judge answers.</param>
/// <param name="Overall">What the overall score means, from 1 to 10.</param>
public sealed record Rubric(IReadOnlyList<RubricAspect> Aspects, string Overall)
{
    /// <summary>UltraFeedback's four aspects under its published names, described in this kit's own words.</summary>
    /// <remarks>Source: Cui et al. 2023, section 2.3. An honesty rating may be N/A there (creative tasks).</remarks>
    public static Rubric UltraFeedback { get; } = new(
    [
        new("instruction_following", "Does the reply do what was asked, in the form that was asked for?"),
        new("truthfulness", "Is everything that the reply claims true?"),
        new("honesty", "Does the reply claim to know only what can be known, and admit the rest?"),
        new("helpfulness", "Is the reply right, complete, well written and free of padding?"),
    ],
    "How good is the reply altogether?");
}

/// <summary>One aspect of a <see cref="Rubric"/>.</summary>
/// <param name="Name">Its name in files, lower case with underscores.</param>
/// <param name="Question">What the judge answers with 1 to 5.</param>
public sealed record RubricAspect(string Name, string Question);
