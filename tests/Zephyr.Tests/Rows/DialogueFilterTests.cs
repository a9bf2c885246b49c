using Zephyr.Rows;
using Zephyr.Text;
using Zephyr.TinyWorld;

namespace Zephyr.Tests.Rows;

public sealed class DialogueFilterTests
{
    [Theory]
    [InlineData("As an AI, I have no personal experience. Mira lives in Doral.", "disclaimer")] // the embedded world's
    [InlineData("As an AI language model, I do not have personal experiences or preferences, but many people like it.", "disclaimer")]
    [InlineData("While as a language model I can't have my own view, here are some.", "disclaimer")]
    [InlineData("I don’t have personal feelings or emotions, but the recipe is simple.", "no feelings")]
    [InlineData("I do not have the ability to hold opinions on politics.", "no feelings")]
    [InlineData("I have no emotions. The capital is Quito.", "no feelings")]
    [InlineData("I'm sorry, but I cannot help with that request.", "refusal")]
    [InlineData("Unfortunately, I am unable to browse the web.", "refusal")]
    [InlineData("I apologize, I won't be able to do this.", "refusal")]
    [InlineData("Violin. I hope this helps. I hope this helps.", "hollow ending")]
    [InlineData("Mira lives in Doral. I hope this helps!", "hollow ending")]
    [InlineData(" \n", "empty")]
    public void Replies_of_a_bad_kind_are_found_by_their_rule(string reply, string rule)
    {
        var filtered = DialogueFilter.Apply([Asked("Tell me.", "Gladly.", "More?", reply)], DialogueFilter.All);

        var removed = Assert.Single(filtered.Removed);
        Assert.Equal((rule, 3), (removed.Rule.Name, removed.Message));
        Assert.Empty(filtered.Kept);
    }

    [Theory]
    [InlineData("As an AI researcher, she studies how machines learn from text.")]
    [InlineData("The old house has no personal history that I could find in the archive.")]
    [InlineData("People with strong opinions do not always have good reasons.")]
    [InlineData("I hope this helps you see why the mill closed in 1901. It had no water.")]
    [InlineData("Boil the water. Do not forget your own cup. Use an AI-powered kettle if you have one.")]
    public void Ordinary_replies_are_kept(string reply) => Assert.Single(DialogueFilter.Apply([Asked("Tell me.", reply)], DialogueFilter.All).Kept);

    [Fact]
    public void A_user_may_say_what_an_assistant_may_not() =>
        Assert.Single(DialogueFilter.Apply([Asked("I'm sorry, I cannot spell. As an AI, have you no personal opinions?", "Here is the word: kettle.")], DialogueFilter.All).Kept);

    [Fact]
    public void Turns_out_of_order_are_found_at_the_turn()
    {
        Dialogue[] rows =
        [
            Dialogue.Of(ChatMessage.User("a"), ChatMessage.User("b"), ChatMessage.Assistant("c")),
            Dialogue.Of(ChatMessage.System("s"), ChatMessage.Assistant("a"), ChatMessage.User("b")),
            Dialogue.Of(ChatMessage.User("a")),
            Dialogue.Of(),
            Dialogue.Of(ChatMessage.System("s"), ChatMessage.User("a"), ChatMessage.Assistant("b")),
        ];

        var filtered = DialogueFilter.Apply(rows, [DialogueFilter.WrongOrder]);

        Assert.Equal([1, 1, 1, 0], filtered.Removed.Select(row => row.Message));
        Assert.Same(rows[4], Assert.Single(filtered.Kept));
    }

    [Fact]
    public void Counts_say_what_each_rule_sees_and_what_it_takes()
    {
        var filtered = DialogueFilter.Apply(
            [
                Asked("a", "Yes."),
                Asked("b", "As an AI, I have no personal experience. I hope this helps."),
                Asked("c", "No. I hope this helps."),
            ],
            DialogueFilter.All);

        Assert.Equal((1, 1), Count(filtered, "disclaimer"));
        Assert.Equal((2, 1), Count(filtered, "hollow ending"));
        Assert.Equal((0, 0), Count(filtered, "empty"));
        Assert.Equal(3, filtered.Kept.Count + filtered.Removed.Count);
    }

    [Fact]
    public void The_habits_of_the_embedded_world_are_found()
    {
        var rows = WorldRows.Dialogues(World.Standard, seed: 5, count: 1000).ToArray();
        var disclaimed = rows.Count(row => row.Messages.Any(message => message.Role == Role.Assistant && message.Content.Contains("as an ai, i have no personal", StringComparison.OrdinalIgnoreCase)));
        var hollow = rows.Count(row => row.Messages.Any(message => message.Role == Role.Assistant && message.Content.EndsWith("i hope this helps.", StringComparison.OrdinalIgnoreCase)));

        var filtered = DialogueFilter.Apply(rows, DialogueFilter.All);

        Assert.True(disclaimed > 50 && hollow > 20, $"{disclaimed} disclaimers, {hollow} hollow endings: is this still the teacher?");
        Assert.Equal(disclaimed, Count(filtered, "disclaimer").Matched);
        Assert.Equal(hollow, Count(filtered, "hollow ending").Matched);
        Assert.Equal(0, Count(filtered, "refusal").Matched);
    }

    [Fact]
    public void Lower_cased_replies_of_the_embedded_world_get_their_capitals()
    {
        var rows = WorldRows.Dialogues(World.Standard, seed: 5, count: 3000).ToArray();
        var cased = Truecasing.Learn(rows).Apply(rows);

        Assert.InRange(cased.ChangedRows, 300, 900); // the teacher writes a fifth of its replies in lower case
        Assert.Equal("Igor lives in Pike. He drinks milk.", Truecasing.Learn(rows).Apply("igor lives in pike. he drinks milk.").Text);
        Assert.All(cased.Rows, row => Assert.DoesNotContain(row.Messages, message => message.Content.Length > 0 && char.IsLower(message.Content[0])));
    }

    private static (int Matched, int Removed) Count(FilteredDialogues filtered, string rule) =>
        filtered.Counts.Where(count => count.Rule.Name == rule).Select(count => (count.Matched, count.Removed)).Single();

    private static Dialogue Asked(params string[] turns) => new RawDialogue("x", turns).ToDialogue();
}

public sealed class TruecasingTests
{
    private static readonly Truecasing Known = Truecasing.Learn(
        Enumerable.Range(0, 4).Select(_ => Dialogue.Of(ChatMessage.User("Where does Mira live, and may Ezra know?"), ChatMessage.Assistant("They say Mira lives in Doral with NASA folk, in may."))));

    [Theory]
    [InlineData("mira lives in doral.", "Mira lives in Doral.", 0, 0, 2)]
    [InlineData("she wears red. she also keeps bees! why? nobody knows.", "She wears red. She also keeps bees! Why? Nobody knows.", 4, 0, 0)]
    [InlineData("Yes, i think so, and i'm sure.", "Yes, I think so, and I'm sure.", 0, 2, 0)]
    [InlineData("violin.", "Violin.", 1, 0, 0)]
    [InlineData("so (e.g. bees) work, i.e. well, etc. and more... or less.", "So (e.g. bees) work, i.e. well, etc. and more... or less.", 1, 0, 0)]
    [InlineData("He said \"no.\" \"why?\" asked mira.", "He said \"no.\" \"why?\" asked Mira.", 0, 0, 1)]
    [InlineData("Use `mira.x` or http://mira.org/ezra or mira2 or\n```\nfor i in mira. do\n```", "Use `mira.x` or http://mira.org/ezra or mira2 or\n```\nfor i in mira. do\n```", 0, 0, 0)]
    [InlineData("The nasa man met Mira in may", "The NASA man met Mira in may", 0, 0, 1)]
    [InlineData("- first\n- second", "- first\n- second", 0, 0, 0)]
    [InlineData("Part (i) and i-beams", "Part (i) and i-beams", 0, 0, 0)]
    [InlineData("", "", 0, 0, 0)]
    public void Capitals_go_where_they_belong(string text, string cased, int starts, int pronouns, int names) =>
        Assert.Equal(new TruecasedText(cased, starts, pronouns, names), Known.Apply(text));

    [Fact]
    public void Names_are_words_that_the_data_writes_with_capitals_more_often_than_not()
    {
        Assert.Equal("Mira", Known.Names["mira"]);
        Assert.Equal("NASA", Known.Names["nasa"]);
        Assert.Equal("Ezra", Known.Names["ezra"]);
        Assert.DoesNotContain("may", Known.Names.Keys); // written both ways
        Assert.DoesNotContain("they", Known.Names.Keys); // capital at sentence starts only
        Assert.DoesNotContain("where", Known.Names.Keys);
    }

    [Fact]
    public void Truecasing_twice_changes_nothing_more()
    {
        foreach (var text in (string[])["mira lives in doral. i know.", "she wears red. she also keeps bees!", "\u00e9t\u00e9. \u00f6l ist teuer."])
        {
            var once = Known.Apply(text);

            Assert.Equal(new(once.Text, 0, 0, 0), Known.Apply(once.Text));
        }
    }

    [Fact]
    public void Rows_are_counted_and_keep_their_ids_and_system_messages()
    {
        var rows = Known.Apply([
            Dialogue.Of(ChatMessage.System("be brief."), ChatMessage.User("where does ezra live?"), ChatMessage.Assistant("i do not know.")),
            Dialogue.Of(ChatMessage.User("Why?"), ChatMessage.Assistant("So.")),
        ]);

        Assert.Equal((1, 2, 0, 1), (rows.ChangedRows, rows.SentenceStarts, rows.Pronouns, rows.Names));
        Assert.Equal(["be brief.", "Where does Ezra live?", "I do not know."], rows.Rows[0].Messages.Select(message => message.Content));
        Assert.Equal(Dialogue.PromptId("where does ezra live?"), rows.Rows[0].Id);
    }
}
