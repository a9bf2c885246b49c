using System.Globalization;
using System.Text;
using System.Text.Json;
using Zephyr.Feedback;
using Zephyr.Model;
using Zephyr.Rows;
using Zephyr.TinyWorld;

namespace Zephyr.Recipe.Claims;

/// <summary>
/// One hash over presets and world, so that a run says when it is not the one that the claims were written for. The world goes in by what it makes:
/// a sample of its documents, dialogues, prompts, rated replies and verdicts, and the tokenizer's pieces.
/// </summary>
public static class SettingsHash
{
    private const long Probe = 0; // a seed that nothing is trained on

    /// <summary>The hash of the settings as they are now: 20 hexadecimal digits.</summary>
    /// <param name="data">Whose tokenizer.</param>
    public static string Of(WorldData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var made = new Dictionary<string, string>
        {
            ["model"] = MistralConfig.Tiny.ToJson(),
            ["counts"] = string.Join(' ', new[] { WorldData.DialogueCount, WorldData.PairCount, WorldData.HeldOutPairCount, WorldData.DevelopmentCount, WorldData.TestCount }),
            ["evaluation"] = string.Create(CultureInfo.InvariantCulture, $"{ArmEvaluation.MaxNewTokens} {ArmEvaluation.SampleCount}"),
            ["reversals"] = $"{Reversals.WeakTeacher} {string.Join(' ', Reversals.NoiseLevels)}",
            ["tokenizer"] = AnswerCache.KeyOf([.. data.Tokenizer.Model.Pieces.Select(piece => piece.Text)]),
            ["documents"] = AnswerCache.KeyOf([.. new WorldDocuments(data.World).Plain(Probe, pages: true).Take(500), .. new WorldDocuments(data.World).Late(Probe).Take(500)]),
            ["dialogues"] = HashOf(WorldRows.Dialogues(data.World, Probe, 300)),
            ["development"] = HashOf(WorldRows.Evaluation(data.World, "dev", 100)),
            ["test"] = HashOf(WorldRows.Evaluation(data.World, "test", 100)),
            ["judge"] = AnswerCache.KeyOf([.. Verdicts(data.World)]),
            ["feedback"] = HashOf(WorldRows.RatedPrompts(data.World, Probe, 100).ToBlockingEnumerable()),
        };
        (string Name, object Preset)[] presets =
        [
            ("base, plain documents", RecipePreset.TinyPretraining),
            ("base, late documents", RecipePreset.TinyMidTraining),
            ("dSFT", RecipePreset.Tiny.Sft),
            ("dSFT-2", RecipePreset.TinySecondSft),
            ("dDPO", RecipePreset.Tiny.Dpo),
            ("dDPO, the paper's beta", RecipePreset.TinyDpoPaperBeta),
        ];
        foreach (var field in presets.SelectMany(preset => RecipePreset.FieldsOf(preset.Name, preset.Preset)))
        {
            made[$"{field.Stage}.{field.Name}"] = field.Value;
        }

        return RunCache.KeyOf(made);
    }

    /// <summary>The judge by what it says: of teachers' replies as they are and as a model might spoil them.</summary>
    private static IEnumerable<string> Verdicts(World world)
    {
        var (judge, reader) = (new WorldJudge(world), new QuestionReader(world));
        foreach (var dialogue in WorldRows.Evaluation(world, "dev", 100))
        {
            var (question, reply) = (reader.Read(WorldRows.PromptOf(dialogue)), dialogue.Messages[^1].Content);
            string[] spoilt = [reply, reply.ToLowerInvariant(), reply[..(reply.Length / 2)] + reply[(reply.Length / 2)..].ToLowerInvariant(), reply[..^1], $"{reply} {reply}", $"{reply} <|user|>"];
            foreach (var verdict in spoilt.Select(text => judge.Judge(question, text)))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{verdict.Overall} {verdict.Critique}");
            }
        }
    }

    private static string HashOf<T>(IEnumerable<T> rows)
        where T : IRow<T> => AnswerCache.KeyOf([.. rows.Select(row =>
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                row.WriteFields(json);
                json.WriteEndObject();
            }

            return Encoding.UTF8.GetString(buffer.ToArray());
        })]);
}
