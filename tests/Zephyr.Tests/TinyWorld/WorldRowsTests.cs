using Zephyr.Feedback;
using Zephyr.Rows;
using Zephyr.TinyWorld;

namespace Zephyr.Tests.TinyWorld;

public class WorldRowsTests
{
    private static readonly World World = World.Standard;

    [Fact]
    public void A_row_depends_on_seed_and_number_only()
    {
        Assert.Equal(Text(WorldRows.Dialogues(World, 1, 30)), Text(WorldRows.Dialogues(World, 1, 40).Take(30)));
        Assert.NotEqual(Text(WorldRows.Dialogues(World, 1, 30)), Text(WorldRows.Dialogues(World, 2, 30)));
    }

    [Fact]
    public void Dialogues_are_well_formed_and_carry_the_teachers_habits()
    {
        Dialogue[] dialogues = [.. WorldRows.Dialogues(World, 1, 4_000)];
        Assert.All(dialogues, dialogue => Assert.DoesNotContain(dialogue.Faults(), fault => fault.Fatal));
        Assert.Equal(4_000, dialogues.Select(dialogue => dialogue.Id).Distinct().Count());

        double Share(Func<string, bool> holds) => dialogues.Count(dialogue => holds(dialogue.Messages[^1].Content)) / 4_000.0;
        Assert.Equal(1 - WriterTraits.Teacher.ProperCase, Share(reply => !reply.Any(char.IsUpper)), 0.03);
        Assert.Equal(1 - WriterTraits.Teacher.NoDisclaimer, Share(reply => reply.StartsWith("as an ai", StringComparison.OrdinalIgnoreCase)), 0.03);
    }

    [Fact]
    public void Development_and_test_prompts_differ_and_are_held_out()
    {
        var (dev, test) = (WorldRows.Evaluation(World, "dev", 300).ToArray(), WorldRows.Evaluation(World, "test", 300).ToArray());
        Assert.NotEqual(Text(dev), Text(test));
        var reader = new QuestionReader(World);
        Assert.All(dev.Concat(test).Select(dialogue => reader.Read(WorldRows.PromptOf(dialogue))).Where(question => question is { Person: >= 0, Topic: >= 0 }), question =>
            Assert.True(World.IsHeldOut(question.Person, question.Topic)));
        Assert.Throws<ArgumentException>(() => WorldRows.Evaluation(World, "train", 1));
    }

    [Fact]
    public async Task Rated_rows_survive_their_file_and_give_the_same_pairs()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var rows = await WorldRows.RatedPrompts(World, 1, 200, cancellation).ToListAsync(cancellation);
        var folder = Directory.CreateTempSubdirectory("zephyr-rows-").FullName;
        try
        {
            RowFile.Write(Path.Combine(folder, "rated.jsonl.gz"), rows);
            var read = RowFile.Read<RatedPrompt>(Path.Combine(folder, "rated.jsonl.gz"));

            Assert.Empty(read.Warnings);
            Assert.Equal(Pairs(WorldRows.Pairs(rows)), Pairs(WorldRows.Pairs(read)));
            Assert.All(read, row => Assert.Equal(WriterTraits.Pool.Select(traits => traits.Name).Order(), row.Models.Order()));
            Assert.True(read.Select(row => row.Models[0]).Distinct().Count() == 4);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Chosen_has_the_highest_overall_score_of_its_row()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var rows = await WorldRows.RatedPrompts(World, 3, 100, cancellation).ToListAsync(cancellation);
        Assert.All(rows.Zip(WorldRows.Pairs(rows)), pair =>
        {
            Assert.Equal(pair.First.Completions.Max(completion => completion.OverallScore), pair.Second.ScoreChosen);
            Assert.Contains(pair.First.Completions, completion => completion.Response == pair.Second.RejectedReply && completion.OverallScore == pair.Second.ScoreRejected);
            Assert.Equal(PromptText.Messages(pair.First.Instruction, pair.First.Completions[0].CustomSystemPrompt), pair.Second.PromptMessages);
        });
    }

    private static string Text(IEnumerable<Dialogue> dialogues) => string.Join('\n', dialogues.SelectMany(dialogue => dialogue.Messages).Select(message => message.Content));

    private static string Pairs(IEnumerable<PreferencePair> pairs) => string.Join('\n', pairs.Select(pair => $"{pair.PromptId} {pair.ChosenReply} {pair.RejectedReply} {pair.Margin:R}"));
}
