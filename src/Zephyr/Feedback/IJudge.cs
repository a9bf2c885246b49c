using Zephyr.Text;

namespace Zephyr.Feedback;

/// <summary>Rates replies: a program, a large model behind an endpoint, or another judge with noise added.</summary>
public interface IJudge
{
    /// <summary>What tells this judge from others, settings included; part of the key under which its ratings are kept.</summary>
    string Name { get; }

    /// <summary>Rates one reply.</summary>
    /// <param name="request">The prompt and the reply to it.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    Task<Rating> RateAsync(JudgeRequest request, CancellationToken cancellation = default);
}

/// <summary>A reply to be rated.</summary>
/// <param name="Prompt">All turns before the reply, the last one the user's.</param>
/// <param name="Reply">The reply, plain text.</param>
/// <param name="Seed">For judges that draw at random: the same request with the same seed gets the same rating.</param>
public sealed record JudgeRequest(IReadOnlyList<ChatMessage> Prompt, string Reply, long Seed = 0);

/// <summary>A judge's opinion of one reply.</summary>
/// <param name="InstructionFollowing">1 to 5; null for "not applicable".</param>
/// <param name="Truthfulness">1 to 5, or null.</param>
/// <param name="Honesty">1 to 5, or null.</param>
/// <param name="Helpfulness">1 to 5, or null.</param>
/// <param name="Overall">The single score that the released preference data were made from; its scale is the judge's own.</param>
/// <param name="Critique">Why, in prose; may be empty.</param>
public sealed record Rating(int? InstructionFollowing, int? Truthfulness, int? Honesty, int? Helpfulness, double Overall, string Critique)
{
    /// <summary>The mean of the aspects that were rated; null where none was.</summary>
    public double? AspectMean
    {
        get
        {
            int[] rated = [.. new[] { InstructionFollowing, Truthfulness, Honesty, Helpfulness }.OfType<int>()];
            return rated.Length > 0 ? rated.Average() : null;
        }
    }
}
