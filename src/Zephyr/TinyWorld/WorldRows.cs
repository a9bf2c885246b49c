using System.Globalization;
using System.Runtime.CompilerServices;
using Zephyr.Feedback;
using Zephyr.Rows;
using Zephyr.Text;

namespace Zephyr.TinyWorld;

/// <summary>
/// The world's data in the published shapes: dialogues for dSFT, rated prompts and pairs for dDPO, prompts for evaluation.
/// Every row is a pure function of the world, the seed and its number, so any machine makes the same files.
/// </summary>
public static class WorldRows
{
    /// <summary>Standard deviation of the noise on the overall score of the feedback.</summary>
    public const double FeedbackNoise = 0.7;

    // One stream of random numbers a purpose, whatever the seed.
    private const long DialogueStream = 1;
    private const long FeedbackStream = 2;
    private const long PromptStream = 3;

    /// <summary>Seed of the held-out sets, the same for every seed of training.</summary>
    private const long HeldOutSeed = 77;

    /// <summary>Dialogues with the teacher, in all its habits; targets that may be trained on.</summary>
    /// <param name="world">Whose facts are asked for.</param>
    /// <param name="seed">Another seed, other dialogues.</param>
    /// <param name="count">How many; 24,000 in the shipped recipe.</param>
    public static IEnumerable<Dialogue> Dialogues(World world, long seed, int count) => Taught(world, SplitMix.Mix(seed, DialogueStream), count, heldOut: false, $"train-{seed}");

    /// <summary>Held-out dialogues for evaluation: the last turn is the teacher's reply, with which models are compared.</summary>
    /// <param name="world">Whose facts are asked for.</param>
    /// <param name="split">"dev" to choose settings by, "test" to be looked at once (this is the third: two were used up by reports on seeds 11 to 15 and 16 to 20).</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentException">Another split.</exception>
    public static IEnumerable<Dialogue> Evaluation(World world, string split, int count)
    {
        var number = split switch
        {
            "dev" => 1,
            "test" => 4, // 2 and 3 were the first two
            _ => throw new ArgumentException($"There is no split \"{split}\": dev or test.", nameof(split)),
        };
        return Taught(world, SplitMix.Mix(HeldOutSeed, PromptStream, number), count, heldOut: true, split);
    }

    /// <summary>Prompts with four writers' replies, rated by the noisy judge. A row whose pair would hold the same text twice is drawn anew.</summary>
    /// <param name="world">Whose facts are asked for.</param>
    /// <param name="seed">Another seed, other prompts and replies.</param>
    /// <param name="count">How many; 3,000 in the shipped recipe.</param>
    /// <param name="cancellation">Stops between rows.</param>
    public static IAsyncEnumerable<RatedPrompt> RatedPrompts(World world, long seed, int count, CancellationToken cancellation = default) =>
        Rated(world, seed, count, heldOut: false, cancellation);

    /// <summary>Rated prompts about held-out targets: for held-out loss and accuracy, never for training.</summary>
    public static IAsyncEnumerable<RatedPrompt> HeldOutRatedPrompts(World world, int count, CancellationToken cancellation = default) =>
        Rated(world, HeldOutSeed, count, heldOut: true, cancellation);

    /// <summary>The pairs of rated prompts: the highest overall score against another reply drawn at random.</summary>
    /// <param name="rows">Rated prompts of <see cref="RatedPrompts"/> or <see cref="HeldOutRatedPrompts"/>, whole and in order.</param>
    /// <remarks>The world asks some questions more than once, so the id of a pair is that of its place and prompt.</remarks>
    public static IReadOnlyList<PreferencePair> Pairs(IReadOnlyList<RatedPrompt> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return [.. rows.Select((row, number) => Pair(row, number))];
    }

    /// <summary>The prompt of a dialogue: everything before its last reply.</summary>
    public static IReadOnlyList<ChatMessage> PromptOf(Dialogue dialogue)
    {
        ArgumentNullException.ThrowIfNull(dialogue);
        return [.. dialogue.Messages.SkipLast(1)];
    }

    private static IEnumerable<Dialogue> Taught(World world, ulong stream, int count, bool heldOut, string name)
    {
        var (maker, teacher) = (new PromptMaker(world), WorldWriter.Teacher(world));
        for (var number = 0; number < count; number++)
        {
            var random = new SplitMix(SplitMix.Mix(stream, number));
            var prompt = maker.Make(random, heldOut);
            yield return new(Id(name, number), [.. prompt.Messages, ChatMessage.Assistant(teacher.Reply(prompt.Question, random))]);
        }
    }

    private static async IAsyncEnumerable<RatedPrompt> Rated(World world, long seed, int count, bool heldOut, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (maker, writers, judge) = (new PromptMaker(world), WorldWriter.Pool(world), new NoisyJudge(new WorldJudge(world), FeedbackNoise));
        for (var number = 0; number < count; number++)
        {
            var prompt = maker.Make(new SplitMix(SplitMix.Mix(seed, FeedbackStream, number)), heldOut);
            var asked = new PromptToRate(number, $"tiny_world/{prompt.Question.Family}", prompt.Messages);
            RatedPrompt row;
            var attempt = 0;
            do
            {
                var options = new FeedbackOptions { Seed = (long)SplitMix.Mix(seed, FeedbackStream, attempt++) };
                row = await new FeedbackCollector(writers, judge, options).RateAsync(asked, cancellation).ConfigureAwait(false);
            }
            while (IsTheSameText(row, number));
            yield return row;
        }
    }

    private static PreferencePair Pair(RatedPrompt row, int number)
    {
        var (chosen, rejected) = Slots(row, number);
        var outcome = new BinarizedRow(chosen, rejected, row.Completions[chosen].OverallScore, row.Completions[rejected].OverallScore, [rejected], null);
        var pair = outcome.ToPair(row);
        return pair with { PromptId = Dialogue.PromptId($"{number.ToString(CultureInfo.InvariantCulture)} {row.Instruction}") };
    }

    private static bool IsTheSameText(RatedPrompt row, int number)
    {
        var (chosen, rejected) = Slots(row, number);
        return row.Completions[chosen].Response == row.Completions[rejected].Response;
    }

    /// <summary>The best by overall score, and one of the others.</summary>
    private static (int Chosen, int Rejected) Slots(RatedPrompt row, int number)
    {
        var chosen = Enumerable.Range(0, row.Completions.Count).MaxBy(slot => row.Completions[slot].OverallScore);
        var other = new SplitMix(SplitMix.Mix(number, FeedbackStream)).Next(row.Completions.Count - 1);
        return (chosen, other < chosen ? other : other + 1);
    }

    private static string Id(string name, int number) => string.Create(CultureInfo.InvariantCulture, $"{name}-{number:00000}");
}
