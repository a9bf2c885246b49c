using Zephyr.Recipe;
using Zephyr.Rows;
using Zephyr.Text;
using Zephyr.TinyWorld;

namespace Zephyr.Tests.Recipe;

public class WorldTokensTests
{
    private static readonly WorldData Data = new(Path.Combine(GoldenFiles.RepositoryRoot, "data"));
    private static readonly WorldTokens Tokens = new(Data.Tokenizer);

    [Fact]
    public void No_role_tag_is_one_piece()
    {
        foreach (var role in Enum.GetValues<Role>())
        {
            Assert.True(Data.Tokenizer.Encode(ChatTemplate.Zephyr.Header(role).TrimEnd('\n')).Length >= 3);
        }
    }

    [Fact]
    public void A_document_ends_in_the_end_token_or_runs_into_the_next_and_marks_of_logs_are_spelt()
    {
        string[] documents = [.. new WorldDocuments(Data.World).Late(1).Take(2_000)];
        var stream = Tokens.Documents(documents, rows: 1, length: 30_000)[0].Ids;

        var borders = stream.Index().Skip(1).Where(place => place.Item == Data.Tokenizer.BosId).Select(place => stream[place.Index - 1] == Data.Tokenizer.EosId).ToArray();
        Assert.Equal(documents.Take(borders.Length).Select(document => document.EndsWith("</s>", StringComparison.Ordinal)), borders);
        Assert.All(WorldDocuments.LogMarks, mark => Assert.True(Data.Tokenizer.Encode(mark).Length >= 3));
    }

    [Fact]
    public void Prompt_and_reply_are_the_whole_dialogue()
    {
        foreach (var dialogue in WorldRows.Dialogues(Data.World, 9, 2_000))
        {
            var whole = Data.Tokenizer.Encode(ChatTemplate.Zephyr.Render(dialogue.Messages).Text, addBos: true);
            int[] parts = [.. Tokens.Prompt(WorldRows.PromptOf(dialogue)), .. Tokens.Reply(dialogue.Messages[^1].Content)];

            Assert.Equal(whole[..parts.Length], parts);
            Assert.Equal(dialogue.Messages[^1].Content, Tokens.Text([.. Tokens.Reply(dialogue.Messages[^1].Content).SkipLast(1)]));
        }
    }

    [Fact]
    public void Dialogues_have_the_lengths_that_the_settings_were_found_with()
    {
        var lengths = WorldRows.Dialogues(Data.World, 9, 2_000).Select(dialogue => Data.Tokenizer.Encode(ChatTemplate.Zephyr.Render(dialogue.Messages).Text, addBos: true).Length).ToArray();
        Assert.InRange(lengths.Average(), 53, 59); // 55.7 there
        Assert.True(lengths.Max() <= RecipePreset.Tiny.Sft.RowLength.Value);
    }

    [Fact]
    public void Rows_are_full_hold_every_epoch_and_depend_on_the_seed()
    {
        Dialogue[] dialogues = [.. WorldRows.Dialogues(Data.World, 9, 300)];
        var preset = RecipePreset.Tiny.Sft;
        var rows = Tokens.Dialogues(dialogues, preset, seed: 1);
        var tokens = dialogues.Sum(dialogue => Data.Tokenizer.Encode(ChatTemplate.Zephyr.Render(dialogue.Messages).Text, addBos: true).Length);

        Assert.All(rows, row => Assert.Equal(preset.RowLength.Value, row.Ids.Length));
        Assert.Equal(preset.Epochs.Value * tokens / preset.RowLength.Value, rows.Count);
        Assert.NotEqual(rows[0].Ids, Tokens.Dialogues(dialogues, preset, seed: 2)[0].Ids);
        Assert.Equal(rows[0].Ids, Tokens.Dialogues(dialogues, preset, seed: 1)[0].Ids);
    }

    [Fact]
    public void A_document_that_the_model_begins_by_itself_shows()
    {
        int[] ids = [.. Data.Tokenizer.EncodeContinuation("Doral."), Data.Tokenizer.BosId, .. Data.Tokenizer.Encode("Mira")];
        Assert.Equal("Doral. <s> Mira", Tokens.Text(ids));
    }
}
