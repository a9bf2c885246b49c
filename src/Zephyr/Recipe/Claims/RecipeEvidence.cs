using System.Text.Json;
using Zephyr.Generation;
using Zephyr.Rows;
using Zephyr.TinyWorld;
using Zephyr.Training;

namespace Zephyr.Recipe.Claims;

/// <summary>Evidence from a seed's recipe: models, replies and logs are found where they were made before, else made now.</summary>
/// <param name="recipe">The seed's recipe.</param>
/// <param name="split">"dev" or "test".</param>
/// <param name="prompts">How many prompts of the split, from the first.</param>
/// <param name="cancelled">Ends between steps and tokens; a rerun goes on from there.</param>
public sealed class RecipeEvidence(TinyRecipe recipe, string split, int prompts, CancellationToken cancelled = default) : IClaimEvidence
{
    private readonly ClaimArms _arms = new(recipe);
    private readonly ArmEvaluation _evaluation = new(recipe, [.. Prompts(recipe, split).Take(prompts)]);
    private readonly Dictionary<string, ArmScores> _scores = [];

    /// <inheritdoc/>
    public long Seed => recipe.Seed;

    /// <summary>What is asked, prompt by prompt.</summary>
    public IReadOnlyList<Question> Questions => _evaluation.Questions;

    /// <summary>Trains an arm where that was not done before.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="onStep">Told after every step.</param>
    public void Train(string arm, Action<StageStep>? onStep = null) => _arms.Stage(arm).FindOrMake(onStep, cancelled);

    /// <summary>An arm's replies and their scores.</summary>
    public ArmScores Scores(string arm)
    {
        if (!_scores.TryGetValue(arm, out var scores))
        {
            _scores[arm] = scores = _evaluation.Score(_arms.Stage(arm), cancelled);
        }

        return scores;
    }

    /// <inheritdoc/>
    public IReadOnlyList<double> Values(string arm, Measure measure, Decoding decoding)
    {
        var scores = Scores(arm);
        (WorldScores Judged, IReadOnlyList<WrittenReply> Replies)[] sets = decoding == Decoding.Greedy
            ? [(scores.Greedy, scores.GreedyReplies)]
            : [.. scores.Samples.Zip(scores.SampledReplies)];
        var teacher = measure == Measure.Win ? _evaluation.Teacher().Scores : null;
        return [.. Enumerable.Range(0, _evaluation.Questions.Count).Select(prompt => sets.Average(set =>
            Value(measure, _evaluation.Questions[prompt], set.Judged.Verdicts[prompt], set.Replies[prompt], teacher?[prompt] ?? 0)))];
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The arm was shipped or is no dDPO run, so there is no log.</exception>
    public IReadOnlyList<LoggedLoss> Losses(string arm)
    {
        var log = Path.Combine(Path.GetDirectoryName(_arms.Stage(arm).FindOrMake(cancelled: cancelled).Folder)!, "steps.jsonl");
        return File.Exists(log)
            ? [.. File.ReadLines(log).Select(line => JsonSerializer.Deserialize<DpoStep>(line)!).Select(step => new LoggedLoss(step.Epoch, step.Loss, step.HeldOut?.Loss))]
            : throw new InvalidDataException($"\"{arm}\" of seed {Seed} has no log {log}.");
    }

    private static IReadOnlyList<Dialogue> Prompts(TinyRecipe recipe, string split) => split switch
    {
        "dev" => recipe.Data.Development,
        "test" => recipe.Data.Test,
        _ => throw new ArgumentException($"There is no split \"{split}\": dev or test.", nameof(split)),
    };

    internal static double Value(Measure measure, Question question, Verdict verdict, WrittenReply reply, double teacher) => measure switch
    {
        Measure.Score => verdict.Overall,
        Measure.Win => verdict.Overall > teacher ? 1 : verdict.Overall < teacher ? 0 : 0.5,
        Measure.Length => verdict.Length,
        Measure.RoleTags => One(reply.Text.Contains("<|", StringComparison.Ordinal)),
        Measure.Ended => One(reply.Reason == StopReason.EndOfText),
        Measure.Right => question.Family == QuestionFamily.Unknown ? double.NaN : One(verdict.IsRight),
        Measure.Admitted => question.Family == QuestionFamily.Unknown ? One(verdict.IsRight) : double.NaN,
        Measure.TurnedRound => question.Family == QuestionFamily.Reverse ? One(verdict.IsRight) : double.NaN,
        _ => One(verdict.Disclaims),
    };

    private static double One(bool holds) => holds ? 1 : 0;
}
