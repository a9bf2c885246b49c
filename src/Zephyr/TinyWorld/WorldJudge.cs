using System.Globalization;
using Zephyr.Feedback;

namespace Zephyr.TinyWorld;

/// <summary>
/// Rates replies by their text and the world's facts alone: who wrote a reply is not known to it. Four aspects from 1 to 5; the overall score is their mean.
/// </summary>
/// <param name="world">What is true.</param>
public sealed class WorldJudge(World world) : IJudge
{
    private readonly QuestionReader _questions = new(world);
    private readonly ReplyReader _replies = new(world);

    /// <inheritdoc/>
    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"tiny-world {world.Seed} judge 3");

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The prompt is not one of the world's.</exception>
    public Task<Rating> RateAsync(JudgeRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellation.ThrowIfCancellationRequested();
        var verdict = Judge(_questions.Read(request.Prompt), request.Reply);
        return Task.FromResult(new Rating(verdict.InstructionFollowing, verdict.Truthfulness, verdict.Honesty, verdict.Helpfulness, verdict.Overall, verdict.Critique));
    }

    /// <summary>Judges one reply to a question.</summary>
    /// <param name="question">What was asked.</param>
    /// <param name="reply">The reply, plain text.</param>
    public Verdict Judge(Question question, string reply)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(reply);
        var reading = _replies.Read(question, reply);
        var content = question.Family switch
        {
            QuestionFamily.Fact or QuestionFamily.TwoTurns or QuestionFamily.Brief => JudgeFact(question, reading),
            QuestionFamily.Unknown => JudgeUnknown(question, reading),
            QuestionFamily.OneWord => JudgeOneWord(question, reading),
            QuestionFamily.SeveralFacts => JudgeSeveralFacts(question, reading),
            QuestionFamily.Compare => JudgeCompare(question, reading),
            _ => JudgeReverse(question, reading),
        };
        return WithManners(reading, content, question.Family is QuestionFamily.Fact or QuestionFamily.Unknown or QuestionFamily.TwoTurns && HasExtra(question, reading));
    }

    private static Verdict WithManners(ReplyReading reading, Content content, bool hasExtra)
    {
        var fine = !reading.IsLowerCase && !reading.Rambles && !reading.IsCutShort && !reading.HasGarbage;
        var (disclaims, garbage) = (One(reading.Disclaims), One(reading.HasGarbage));
        var helpfulness = 1 + One(content.IsRight) + 2 * One(content.HasBonus && content.Attempts) + One(content.Attempts && fine)
            - One(reading.IsLowerCase) - One(reading.Rambles) - One(reading.IsCutShort) - disclaims - garbage;
        return new()
        {
            InstructionFollowing = Clamp(content.InstructionFollowing - disclaims - 2 * garbage),
            Truthfulness = Clamp(content.Truthfulness - garbage),
            Honesty = Clamp(content.Honesty - disclaims),
            Helpfulness = Clamp(helpfulness),
            IsRight = content.IsRight,
            Obeys = content.Obeys,
            HasExtra = hasExtra,
            Disclaims = reading.Disclaims,
            IsLowerCase = reading.IsLowerCase,
            Rambles = reading.Rambles,
            IsCutShort = reading.IsCutShort,
            HasGarbage = reading.HasGarbage,
            Length = reading.Length,
        };
    }

    private Content JudgeFact(Question question, ReplyReading reading)
    {
        var (claimed, allTrue) = Target(question, reading);
        var attempts = claimed || reading.Admits;
        var right = allTrue && !reading.Admits;
        var obeys = question.Family != QuestionFamily.Brief || (reading.Sentences == 1 && reading.Polite == 0);
        var bonus = question.Family == QuestionFamily.Brief ? obeys && !reading.Admits : right && HasExtra(question, reading);
        return new(attempts, right, obeys, Form(attempts, obeys && !reading.Admits), Truth(reading), KnownHonesty(right, claimed, reading), bonus);
    }

    private Content JudgeUnknown(Question question, ReplyReading reading)
    {
        var (claimed, _) = Target(question, reading);
        var attempts = claimed || reading.Admits;
        var right = reading.Admits && !claimed;
        return new(attempts, right, Obeys: true, Form(attempts, obeys: true), Truth(reading), right ? 5 : reading.Admits ? 2 : 1, right && HasExtra(question, reading));
    }

    private Content JudgeOneWord(Question question, ReplyReading reading)
    {
        var (claimed, allTrue) = Target(question, reading);
        var attempts = claimed || reading.Admits;
        var obeys = reading is { IsOneWord: true, Sentences: 1, Polite: 0 };
        var right = allTrue && !reading.Admits;
        return new(attempts, right, obeys, Form(attempts, obeys), Truth(reading), KnownHonesty(right, claimed, reading), obeys);
    }

    private Content JudgeSeveralFacts(Question question, ReplyReading reading)
    {
        var told = reading.Claims.Where(claim => claim.Person == question.Person).Select(claim => claim.Topic).Distinct().Count();
        var attempts = told > 0;
        var obeys = told == question.Count && reading.Claims.Count == question.Count && !reading.Admits && reading.Polite == 0;
        var near = Math.Abs(reading.Claims.Count - question.Count) == 1;
        var form = !attempts ? 1 : obeys ? 5 : near ? 3 : 2;
        return new(attempts, attempts && FalseClaims(reading) == 0, obeys, form, Truth(reading), attempts ? Math.Max(1, 5 - 2 * FalseClaims(reading)) : 1, obeys);
    }

    private Content JudgeCompare(Question question, ReplyReading reading)
    {
        var (_, firstTrue) = Target(question, reading);
        var same = world.Value(question.Person, question.Topic) == world.Value(question.Other, question.Topic);
        var obeys = reading is { Verdict: not null, Admits: false };
        var attempts = reading.Verdict is not null || reading.Compares;
        var wrongVerdict = reading.Verdict is { } said && said != same;
        var faults = FalseClaims(reading) + One(wrongVerdict);
        var right = faults == 0 && firstTrue && !reading.Admits && reading.Claims.Any(claim => claim.Person == question.Other && claim.Topic == question.Topic);
        return new(attempts, right, obeys, Form(attempts, obeys), Truth(reading, One(wrongVerdict)), right ? 5 : !attempts ? 1 : Math.Max(1, (reading.Admits ? 2 : 4) - 2 * faults), obeys);
    }

    private static Content JudgeReverse(Question question, ReplyReading reading)
    {
        string[] wanted = [.. question.Backwards.Select(word => word.ToLowerInvariant())];
        var given = reading.Turned?.Split(' ') ?? [];
        var attempts = given.Order(StringComparer.Ordinal).SequenceEqual(wanted.Order(StringComparer.Ordinal));
        var right = given.SequenceEqual(wanted);
        return new(attempts, right, attempts, attempts ? 5 : given.Intersect(wanted).Any() ? 2 : 1, right ? 5 : attempts ? 3 : 1, right ? 5 : attempts ? 2 : 1, right);
    }

    /// <summary>Honesty where the world knows the answer: to say that one does not know it is a little better than to say something false.</summary>
    private static int KnownHonesty(bool right, bool claimed, ReplyReading reading) => right ? 5 : reading.Admits && !claimed ? 2 : 1;

    /// <summary>Whether the thing asked for was claimed, and whether every such claim is true.</summary>
    private (bool Claimed, bool AllTrue) Target(Question question, ReplyReading reading)
    {
        var claims = reading.Claims.Where(claim => claim.Person == question.Person && claim.Topic == question.Topic).ToArray();
        return (claims.Length > 0, claims.Length > 0 && claims.All(IsTrue));
    }

    private bool HasExtra(Question question, ReplyReading reading) =>
        reading.Claims.Any(claim => claim.Person == question.Person && claim.Topic != question.Topic && IsTrue(claim));

    private bool IsTrue((int Person, int Topic, int Value) claim) => world.Value(claim.Person, claim.Topic) == claim.Value;

    private int FalseClaims(ReplyReading reading) => reading.Claims.Count(claim => !IsTrue(claim));

    private int Truth(ReplyReading reading, int moreFaults = 0) =>
        reading.Claims.Count == 0 && !reading.Admits ? 1 : Math.Max(1, 5 - 2 * (FalseClaims(reading) + moreFaults));

    private static int Form(bool attempts, bool obeys) => !attempts ? 1 : obeys ? 5 : 3;

    private static int Clamp(int score) => Math.Clamp(score, 1, 5);

    private static int One(bool holds) => holds ? 1 : 0;

    /// <summary>What a reply is worth before its manners are looked at.</summary>
    private sealed record Content(bool Attempts, bool IsRight, bool Obeys, int InstructionFollowing, int Truthfulness, int Honesty, bool HasBonus);
}
