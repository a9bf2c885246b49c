using System.Text.Json;
using Zephyr.Data;
using Zephyr.Rows;
using Zephyr.Tests.Text;
using Zephyr.Text;

namespace Zephyr.Tests.Data;

public sealed class TokenizationTests
{
    private static readonly SentencePieceBpe Tokenizer = TokenizerFiles.TokenizerOf("tiny-sp", SegmentRule.Legacy);
    private static readonly Tokenization Rows = new(Tokenizer);
    private static readonly Dialogue Two = Dialogue.Of(ChatMessage.User("Ada sold figs?"), ChatMessage.Assistant("Yes."), ChatMessage.User("When?"), ChatMessage.Assistant("On day 7."));

    [Fact]
    public void Prompt_and_reply_make_the_whole_dialogue()
    {
        foreach (var row in GoldenFiles.Lines("tokenizer", "dialogues.jsonl"))
        {
            var messages = row.Messages("messages");
            foreach (var (index, message) in messages.Index().Where(turn => turn.Item.Role == Role.Assistant))
            {
                var whole = Tokenizer.Encode(ChatTemplate.Zephyr.Render(messages[..(index + 1)]).Text, addBos: true);

                Assert.Equal(whole, Rows.Prompt(messages[..index]).Concat(Rows.Reply(message.Content, ReplyEnd.LineBreak)));
                Assert.Equal(Tokenizer.EosId, Rows.Reply(message.Content)[^1]);
            }
        }
    }

    [Fact]
    public void Learned_tokens_spell_the_replies_and_nothing_else()
    {
        var example = Rows.Example(Two, LossMask.Assistant);

        Assert.Equal("Yes.</s>On day 7.</s>", Tokenizer.Decode(example.Ids.Where((_, index) => example.Learned[index]), showSpecial: true));
        Assert.All(Rows.Example(Two, LossMask.All).Learned, Assert.True);
    }

    [Fact]
    public void A_dialogue_without_a_reply_is_refused_by_id()
    {
        var refused = Assert.Throws<InvalidDataException>(() => Rows.Example(new("row-9", [ChatMessage.User("Well?")]), LossMask.All));

        Assert.StartsWith("Dialogue row-9", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_limit_cuts_or_drops_is_counted_and_named()
    {
        var whole = Rows.Example(Two, LossMask.Assistant);
        var first = Array.IndexOf(whole.Learned, true);

        var cut = Rows.Examples([Two, Two], LossMask.Assistant, maxLength: first + 1);
        var dropped = Rows.Examples([Two], LossMask.Assistant, maxLength: first);
        var kept = Rows.Examples([Two], LossMask.Assistant);

        Assert.Equal((2, 2, 0), (cut.Rows.Count, cut.Cut, cut.Dropped.Count));
        Assert.Equal(whole.Ids[..(first + 1)], cut.Rows[0].Ids);
        Assert.Equal(0, Assert.Single(dropped.Dropped).Index);
        Assert.Empty(dropped.Rows);
        Assert.Equal((0, whole.Ids.Length), (kept.Cut, kept.Rows[0].Ids.Length));
    }

    [Fact]
    public void Pairs_keep_their_start_and_name_prompts_that_fill_the_row()
    {
        var pair = PreferencePair.Of([ChatMessage.User("Does Ada trust Hugo?")], "Yes, always.", "No.", 8, 3);
        var whole = Rows.Pair(pair, ReplyEnd.EndOfTurn);

        var cut = Rows.Pairs([pair], whole.Prompt.Length + 2, ReplyEnd.EndOfTurn);
        var dropped = Rows.Pairs([pair, pair], whole.Prompt.Length, ReplyEnd.EndOfTurn);

        Assert.Equal("Yes, always.</s>", Tokenizer.Decode(whole.Chosen, showSpecial: true));
        Assert.Equal((1, 2), (cut.Cut, cut.Rows[0].Chosen.Length));
        Assert.Equal(whole.Chosen[..2], cut.Rows[0].Chosen);
        Assert.Equal([0, 1], dropped.Dropped.Select(row => row.Index));
    }
}

[Trait("Golden", "yes")]
public sealed class TokenizationGoldenTests
{
    private static readonly Tokenization Mistral = new(TokenizerFiles.TokenizerOf("mistral", SegmentRule.Legacy));

    private static IEnumerable<(JsonElement Row, PreferencePair Pair)> Pairs(string file)
    {
        var pairs = GoldenFiles.Lines("tokenizer", "pairs.jsonl")
            .ToDictionary(row => row.Text("id"), row => PreferencePair.Of(row.Messages("prompt"), row.Text("chosen"), row.Text("rejected"), 0, 0));
        return GoldenFiles.Lines("tokenizer", file).Select(row => (row, pairs[row.Text("id")]));
    }

    [Fact]
    public void Joint_pairs_are_those_of_the_reference()
    {
        foreach (var (row, pair) in Pairs("pairs.modern.jsonl"))
        {
            var ours = Mistral.Pair(pair);

            Assert.Equal(row.Ints("prompt_ids"), ours.Prompt);
            Assert.Equal(row.Ints("chosen_ids"), ours.Chosen);
            Assert.Equal(row.Ints("rejected_ids"), ours.Rejected);
            Assert.Equal(row.Ints("chosen_full_ids"), ours.Prompt.Concat(ours.Chosen));
        }
    }

    [Fact]
    public void Separate_pairs_are_those_of_2023()
    {
        foreach (var (row, pair) in Pairs("pairs.era074.jsonl"))
        {
            Equal(row, Mistral.Separate(pair, row.GetProperty("max_length").GetInt32(), row.GetProperty("max_prompt_length").GetInt32()));
        }
    }

    [Fact]
    public void Plain_text_pairs_are_those_of_both_times()
    {
        foreach (var row in GoldenFiles.Lines("tokenizer", "pairs-text.jsonl"))
        {
            var modern = row.GetProperty("modern");
            foreach (var side in (string[])["chosen", "rejected"])
            {
                var ours = Mistral.Joint(row.Text("prompt"), row.Text(side) + "</s>");
                Assert.Equal(modern.Ints("prompt_ids"), ours.Prompt);
                Assert.Equal(modern.Ints(side + "_ids"), ours.Reply);
                Assert.Equal(modern.GetProperty(side + "_prefix_ok").GetBoolean(), ours.PromptIsPrefix);
            }

            var era = row.GetProperty("era074");
            Equal(era, Mistral.Separate(row.Text("prompt"), row.Text("chosen"), row.Text("rejected"), era.GetProperty("max_length").GetInt32(), era.GetProperty("max_prompt_length").GetInt32()));
        }
    }

    public static TheoryData<string> EraTokenFiles =>
        [.. Directory.GetFiles(GoldenFiles.At("era2023"), "tokens-*.jsonl").Order().Select(path => Path.GetFileNameWithoutExtension(path)["tokens-".Length..])];

    /// <summary>Ids and attention that TRL 0.7.4 itself gave its model: 64 training pairs, then the evaluation pairs.</summary>
    [Theory]
    [MemberData(nameof(EraTokenFiles))]
    public void Separate_pairs_are_what_the_released_software_trained_on(string run)
    {
        var settings = JsonDocument.Parse(File.ReadAllText(GoldenFiles.At("era2023", run, "settings.json"))).RootElement;
        var rows = JsonDocument.Parse(File.ReadAllText(GoldenFiles.At("era2023", "rows.json"))).RootElement;
        var tokenization = new Tokenization(SentencePieceBpe.Load(GoldenFiles.At("era2023", "tokenizer.model")));
        var texts = rows.GetProperty("dpo_train").EnumerateArray().Take(64).Concat(rows.GetProperty("dpo_eval").EnumerateArray()).ToArray();
        var expected = GoldenFiles.Lines("era2023", $"tokens-{run}.jsonl").ToArray();
        Assert.Equal(texts.Length, expected.Length);
        foreach (var (text, row) in texts.Zip(expected))
        {
            var ours = tokenization.Separate(
                text.Text("prompt"), text.Text("chosen"), text.Text("rejected"), settings.GetProperty("max_length").GetInt32(), settings.GetProperty("max_prompt_length").GetInt32());

            Assert.Equal(row.Ints("chosen_input_ids"), ours.ChosenIds);
            Assert.Equal(row.Ints("rejected_input_ids"), ours.RejectedIds);
            Assert.Equal(row.Ints("chosen_attention_mask"), ours.ChosenAttention.Select(seen => seen ? 1 : 0));
            Assert.Equal(row.Ints("rejected_attention_mask"), ours.RejectedAttention.Select(seen => seen ? 1 : 0));
            Assert.Equal(row.Ints("chosen_labels").TakeWhile(label => label == -100).Count(), ours.PromptLength);
            Assert.Equal(row.Ints("chosen_labels")[ours.PromptLength..], ours.ToPair().Chosen);
            Assert.Equal(row.Ints("rejected_labels"), Enumerable.Repeat(-100, ours.PromptLength).Concat(ours.ToPair().Rejected));
            var batch = PairBatch.Of([ours.ToPair()]);
            Assert.Equal(
                row.Ints("chosen_attention_mask").Concat(row.Ints("rejected_attention_mask")).Count(seen => seen == 1),
                (int)batch.Rows.Layout!.Seen!.sum().item<long>());
        }
    }

    private static void Equal(JsonElement row, SeparatePair ours)
    {
        Assert.Equal(row.GetProperty("prompt_length").GetInt32(), ours.PromptLength);
        Assert.Equal(row.GetProperty("prompt_cut").GetBoolean(), ours.PromptCut);
        Assert.Equal(row.GetProperty("replies_cut").GetBoolean(), ours.RepliesCut);
        Assert.Equal(row.Ints("chosen_ids"), ours.ChosenIds);
        Assert.Equal(row.Ints("rejected_ids"), ours.RejectedIds);
        Assert.Equal(row.Text("chosen_attention"), string.Concat(ours.ChosenAttention.Select(seen => seen ? '1' : '0')));
        Assert.Equal(row.Text("rejected_attention"), string.Concat(ours.RejectedAttention.Select(seen => seen ? '1' : '0')));
    }
}
