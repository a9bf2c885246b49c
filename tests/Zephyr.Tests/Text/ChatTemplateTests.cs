using Zephyr.Text;

namespace Zephyr.Tests.Text;

public sealed class ChatTemplateTests
{
    [Fact]
    public void Writes_what_the_handbook_tests_expect()
    {
        // alignment-handbook, tests/test_data.py
        var rendered = ChatTemplate.Zephyr.Render([ChatMessage.System(""), ChatMessage.User("Hello!"), ChatMessage.Assistant("Bonjour!")]);

        Assert.Equal("<|system|>\n</s>\n<|user|>\nHello!</s>\n<|assistant|>\nBonjour!</s>\n", rendered.Text);
        Assert.Equal("Bonjour!</s>", rendered.Text.Substring(rendered.Learned.Single().Start, rendered.Learned.Single().Length));
    }

    [Fact]
    public void No_messages_give_no_text() => Assert.Equal("", ChatTemplate.Zephyr.Render([]).Text);

    [Fact]
    public void The_generation_prompt_is_an_open_assistant_turn()
    {
        var rendered = ChatTemplate.Zephyr.Render([ChatMessage.User("Hi")], addGenerationPrompt: true);

        Assert.Equal("<|user|>\nHi</s>\n<|assistant|>\n", rendered.Text);
        Assert.Empty(rendered.Learned);
    }
}

[Trait("Golden", "yes")]
public sealed class ChatTemplateGoldenTests
{
    public static TheoryData<string> DialogueFiles => TokenizerFiles.Named(".dialogues.jsonl");

    [Theory]
    [MemberData(nameof(DialogueFiles))]
    public void Text_ids_and_mask_are_those_of_the_reference(string name)
    {
        var tokenizer = TokenizerFiles.TokenizerOf(name, SegmentRule.Legacy);
        var dialogues = GoldenFiles.Lines("tokenizer", "dialogues.jsonl").ToDictionary(row => row.Text("id"), row => row.Messages("messages"));
        foreach (var row in GoldenFiles.Lines("tokenizer", name + ".dialogues.jsonl"))
        {
            var rendered = ChatTemplate.Zephyr.Render(dialogues[row.Text("id")]);
            var (ids, learned) = tokenizer.EncodeWithMask(rendered, addBos: false);
            Assert.Equal(row.Ints("ids"), ids);
            Assert.Equal((row.Text("id"), row.Text("mask")), (row.Text("id"), string.Concat(learned.Select(flag => flag ? '1' : '0'))));

            var (bosIds, bosLearned) = tokenizer.EncodeWithMask(rendered);
            Assert.Equal([tokenizer.BosId, .. ids], bosIds);
            Assert.Equal([false, .. learned], bosLearned);
            if (row.TryGetProperty("text", out _))
            {
                ComparesTexts(row, tokenizer, rendered, dialogues[row.Text("id")]);
            }
        }
    }

    private static void ComparesTexts(System.Text.Json.JsonElement row, SentencePieceBpe tokenizer, RenderedDialogue rendered, ChatMessage[] messages)
    {
        var prompt = ChatTemplate.Zephyr.Render(messages, addGenerationPrompt: true).Text;
        Assert.Equal(row.Text("text"), rendered.Text);
        Assert.Equal(row.Text("text_gen"), prompt);
        Assert.Equal(row.Ints("ids_bos"), tokenizer.Encode(rendered.Text, addBos: true));
        Assert.Equal(row.Ints("ids_gen"), tokenizer.Encode(prompt));
        Assert.Equal(row.Ints("ids_bos_gen"), tokenizer.Encode(prompt, addBos: true));
        Assert.Equal(row.Text("decoded_skip"), tokenizer.Decode(row.Ints("ids_bos")));
        Assert.Equal(row.Text("decoded_keep"), tokenizer.Decode(row.Ints("ids_bos"), showSpecial: true));
    }
}
