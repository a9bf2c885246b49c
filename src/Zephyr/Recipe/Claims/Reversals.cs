using Zephyr.Rows;
using Zephyr.Text;
using Zephyr.TinyWorld;

namespace Zephyr.Recipe.Claims;

/// <summary>Rows with one cause taken away. What the recipe learns from them tells whether that cause was what it learned from.</summary>
public static class Reversals
{
    // One stream of random numbers a purpose, apart from those of the rows themselves.
    private const long LabelStream = 101;
    private const long TeacherStream = 102;

    /// <summary>Strengths of the feedback's noise, in times of the usual.</summary>
    public static IReadOnlyList<int> NoiseLevels { get; } = [0, 2, 4];

    /// <summary>A teacher below the replies that the judge chooses in every habit.</summary>
    public static WriterTraits WeakTeacher { get; } = new("weak teacher", 0.80, 0.30, 0.45, 0.45, 0.45, 0.45, 0.25);

    /// <summary>Each pair's two replies change places with probability one half.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="seed">Same seed, same coins.</param>
    public static IReadOnlyList<PreferencePair> LabelsByCoin(IReadOnlyList<PreferencePair> pairs, long seed)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return [.. pairs.Select((pair, number) => new SplitMix(SplitMix.Mix(seed, LabelStream, number)).Chance(0.5) ? Swapped(pair) : pair)];
    }

    /// <summary>In every pair the rejected reply is called the chosen one.</summary>
    public static IReadOnlyList<PreferencePair> Swapped(IReadOnlyList<PreferencePair> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return [.. pairs.Select(Swapped)];
    }

    /// <summary>The same replies under another judge: the highest score is chosen, another drawn as in the recipe. Pairs of one text twice are left out.</summary>
    /// <param name="rows">Rated prompts, whole and in order.</param>
    /// <param name="score">What the other judge gives.</param>
    public static IReadOnlyList<PreferencePair> JudgedBy(IReadOnlyList<RatedPrompt> rows, Func<RatedCompletion, double> score)
    {
        ArgumentNullException.ThrowIfNull(rows);
        RatedPrompt[] judged = [.. rows.Select(row => row with { Completions = [.. row.Completions.Select(reply => reply with { OverallScore = score(reply) })] })];
        return [.. WorldRows.Pairs(judged).Where(pair => pair.ChosenReply != pair.RejectedReply)];
    }

    /// <summary>A judge that counts words.</summary>
    public static double Words(RatedCompletion reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return reply.Response.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    /// <summary>The recipe's judge with its noise, draw by draw, made so many times as strong.</summary>
    /// <param name="times">0 is the true score, 1 the recipe's.</param>
    public static Func<RatedCompletion, double> WithNoise(double times) => reply => reply.FineGrainedScore is { } truth
        ? truth + times * (reply.OverallScore - truth)
        : throw new InvalidDataException($"\"{reply.Response}\" has no aspects, so its noise is not known.");

    /// <summary>The same prompts, answered by another teacher.</summary>
    /// <param name="world">Whose facts are asked for.</param>
    /// <param name="teacher">The teacher's habits.</param>
    /// <param name="dialogues">Whose last replies are written anew.</param>
    /// <param name="seed">Same seed, same replies.</param>
    public static IReadOnlyList<Dialogue> TaughtBy(World world, WriterTraits teacher, IReadOnlyList<Dialogue> dialogues, long seed)
    {
        ArgumentNullException.ThrowIfNull(dialogues);
        var (reader, writer) = (new QuestionReader(world), new WorldWriter(world, teacher));
        return [.. dialogues.Select((dialogue, number) =>
        {
            var prompt = WorldRows.PromptOf(dialogue);
            return dialogue with { Messages = [.. prompt, ChatMessage.Assistant(writer.Reply(reader.Read(prompt), new(SplitMix.Mix(seed, TeacherStream, number))))] };
        })];
    }

    /// <summary>The chosen sides of pairs as dialogues: what dSFT-2 learns from.</summary>
    public static IReadOnlyList<Dialogue> ChosenReplies(IReadOnlyList<PreferencePair> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return [.. pairs.Select(pair => new Dialogue(pair.PromptId, pair.Chosen))];
    }

    /// <summary>Dialogues after the paper's clean-up: capitals mended, disclaimers removed.</summary>
    public static IReadOnlyList<Dialogue> Filtered(IReadOnlyList<Dialogue> dialogues)
    {
        ArgumentNullException.ThrowIfNull(dialogues);
        return DialogueFilter.Apply(Truecasing.Learn(dialogues).Apply(dialogues).Rows).Kept;
    }

    private static PreferencePair Swapped(PreferencePair pair) =>
        pair with { Chosen = pair.Rejected, Rejected = pair.Chosen, ScoreChosen = pair.ScoreRejected, ScoreRejected = pair.ScoreChosen };
}
