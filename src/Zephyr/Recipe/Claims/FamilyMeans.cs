using Zephyr.TinyWorld;

namespace Zephyr.Recipe.Claims;

/// <summary>A model's mean judge score on one kind of question, seed by seed: what a mean over all prompts hides. No claim is decided by it.</summary>
/// <param name="Arm">The model.</param>
/// <param name="Family">The kind of question.</param>
/// <param name="Prompts">How many prompts ask it.</param>
/// <param name="Seeds">The mean over these prompts for each seed, 1 to 5, of sampled replies.</param>
public sealed record FamilyMeans(string Arm, QuestionFamily Family, int Prompts, IReadOnlyList<SeedMean> Seeds)
{
    /// <summary>The means of every kind that is asked, in the order of <see cref="QuestionFamily"/>.</summary>
    /// <param name="arm">The model.</param>
    /// <param name="questions">What is asked, prompt by prompt.</param>
    /// <param name="seeds">For each seed the score of each prompt.</param>
    /// <exception cref="ArgumentException">A seed has more or fewer scores than there are prompts.</exception>
    public static IReadOnlyList<FamilyMeans> Of(string arm, IReadOnlyList<Question> questions, IReadOnlyList<(long Seed, IReadOnlyList<double> Scores)> seeds)
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(seeds);
        foreach (var (seed, scores) in seeds)
        {
            if (scores.Count != questions.Count)
            {
                throw new ArgumentException($"\"{arm}\" of seed {seed} has {scores.Count} scores for {questions.Count} prompts: one each is wanted.", nameof(seeds));
            }
        }

        return [.. questions.Select((question, place) => (question.Family, Place: place)).GroupBy(asked => asked.Family, asked => asked.Place).OrderBy(asked => asked.Key)
            .Select(asked => new FamilyMeans(arm, asked.Key, asked.Count(), [.. seeds.Select(seed => new SeedMean(seed.Seed, asked.Average(place => seed.Scores[place])))]))];
    }
}

/// <summary>A mean for one seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Mean">The mean.</param>
public sealed record SeedMean(long Seed, double Mean);
