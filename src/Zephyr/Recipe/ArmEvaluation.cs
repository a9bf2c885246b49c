using System.Globalization;
using System.Text.Json;
using Zephyr.Files;
using Zephyr.Generation;
using Zephyr.Model;
using Zephyr.Rows;
using Zephyr.TinyWorld;

namespace Zephyr.Recipe;

/// <summary>Lets models answer held-out prompts and has the judge score the replies. Replies are kept by the hash of model, prompts and settings.</summary>
/// <param name="recipe">Whose tokenizer, world and run folder.</param>
/// <param name="prompts">Held-out dialogues; their last turn is the teacher's.</param>
public sealed class ArmEvaluation(TinyRecipe recipe, IReadOnlyList<Dialogue> prompts)
{
    /// <summary>How many prompts of the test split the published settings were measured on.</summary>
    public const int ReportedPrompts = 400;

    /// <summary>Longest reply, in tokens; the teacher's longest has about 45.</summary>
    public const int MaxNewTokens = 48;

    /// <summary>Sampled replies a prompt.</summary>
    public const int SampleCount = 2;

    private readonly WorldJudge _judge = new(recipe.Data.World);
    private readonly Lazy<Question[]> _questions = new(() => Read(recipe, prompts));
    private readonly Lazy<IReadOnlyList<int[]>> _ids = new(() => recipe.Tokens.Prompts(prompts));

    /// <summary>On the first 400 prompts of the test split.</summary>
    public static ArmEvaluation OnTest(TinyRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return new(recipe, [.. recipe.Data.Test.Take(ReportedPrompts)]);
    }

    /// <summary>What is asked, prompt by prompt.</summary>
    public IReadOnlyList<Question> Questions => _questions.Value;

    /// <summary>The teacher's own replies, scored: what win rates are against.</summary>
    public WorldScores Teacher() => WorldScores.Of(_judge, Questions, [.. prompts.Select(dialogue => dialogue.Messages[^1].Content)]);

    /// <summary>Scores a stage's model, which is made first where it is not there.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="cancelled">Ends between tokens.</param>
    public ArmScores Score(Stage stage, CancellationToken cancelled = default)
    {
        ArgumentNullException.ThrowIfNull(stage);
        var (folder, _) = stage.FindOrMake(cancelled: cancelled);
        var model = new Lazy<Mistral>(() => stage.Load(cancelled: cancelled));
        try
        {
            return Score(stage.Name, RunCache.HashOfFile(Path.Combine(folder, "model.safetensors")), () => model.Value, cancelled);
        }
        finally
        {
            if (model.IsValueCreated)
            {
                model.Value.Dispose();
            }
        }
    }

    /// <summary>Scores any model of the world's tokenizer; its replies are not kept.</summary>
    /// <param name="name">For tables.</param>
    /// <param name="model">The model.</param>
    /// <param name="cancelled">Ends between tokens.</param>
    public ArmScores Score(string name, Mistral model, CancellationToken cancelled = default) => Score(name, null, () => model, cancelled);

    private ArmScores Score(string name, string? weights, Func<Mistral> model, CancellationToken cancelled)
    {
        // All samples are drawn in one go: the place in the list decides the draws, so each prompt's samples differ.
        int[][] repeated = [.. Enumerable.Repeat(_ids.Value, SampleCount).SelectMany(ids => ids)];
        var sampled = Replies(weights, model, repeated, new() { Temperature = 0.7, MaxNewTokens = MaxNewTokens, BatchSize = 256 }, cancelled);
        var greedy = Replies(weights, model, _ids.Value, SamplingOptions.Greedy with { MaxNewTokens = MaxNewTokens, BatchSize = 256 }, cancelled);
        IReadOnlyList<WrittenReply>[] sets = [.. sampled.Chunk(prompts.Count)];
        return new(name, [.. sets.Select(Judge)], Judge(greedy), sets, greedy);
    }

    private WorldScores Judge(IReadOnlyList<WrittenReply> replies) => WorldScores.Of(_judge, Questions, [.. replies.Select(reply => reply.Text)]);

    private WrittenReply[] Replies(string? weights, Func<Mistral> model, IReadOnlyList<int[]> ids, SamplingOptions options, CancellationToken cancelled)
    {
        var file = weights is null ? null : Path.Combine(recipe.Folder, "runs", "replies", $"{KeyOf(weights, ids, options)}.json");
        if (file is not null && File.Exists(file))
        {
            return JsonSerializer.Deserialize<WrittenReply[]>(File.ReadAllText(file))!;
        }

        var replies = Sampler.Generate(model(), ids, options, cancellation: cancelled);
        cancelled.ThrowIfCancellationRequested();
        WrittenReply[] written = [.. replies.Select(reply => new WrittenReply(recipe.Tokens.Text(reply.Ids), reply.Reason))];
        if (file is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            AtomicFile.Write(file, JsonSerializer.Serialize(written));
        }

        return written;
    }

    private static string KeyOf(string weights, IReadOnlyList<int[]> ids, SamplingOptions options) => RunCache.KeyOf(new Dictionary<string, string>
    {
        ["weights"] = weights,
        ["prompts"] = string.Join(';', ids.Select(prompt => string.Join(',', prompt))),
        ["temperature"] = options.Temperature.ToString(CultureInfo.InvariantCulture),
        ["tokens"] = options.MaxNewTokens.ToString(CultureInfo.InvariantCulture),
        ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
    });

    private static Question[] Read(TinyRecipe recipe, IReadOnlyList<Dialogue> prompts)
    {
        var reader = new QuestionReader(recipe.Data.World);
        return [.. prompts.Select(dialogue => reader.Read(WorldRows.PromptOf(dialogue)))];
    }
}
