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
            Assert.True(Data.Tokenizer.Encode(ChatTemplate.Zephyr.Header(role)).Length > 4);
        }
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
