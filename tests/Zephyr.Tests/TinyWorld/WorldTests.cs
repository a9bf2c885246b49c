using Zephyr.Rows;
using Zephyr.TinyWorld;

namespace Zephyr.Tests.TinyWorld;

public class WorldTests
{
    private static readonly World World = World.Standard;

    [Fact]
    public void Has_720_facts_and_360_unknowns_two_for_each_person()
    {
        Assert.Equal((180, 180), (World.Names.Count, World.Names.Distinct().Count()));
        Assert.All(Enumerable.Range(0, 180), person => Assert.Equal(4, World.KnownTopics(person).Count()));
        Assert.All(World.Topics, topic => Assert.Equal(12, topic.Values.Distinct().Count()));
    }

    [Fact]
    public void Same_seed_gives_the_same_facts_and_another_seed_others()
    {
        static string Facts(World world) => string.Join(' ', Enumerable.Range(0, 180).SelectMany(person => Enumerable.Range(0, 6).Select(topic => $"{world.Value(person, topic)}{world.IsHeldOut(person, topic)}")));
        Assert.Equal(Facts(new World(7)), Facts(World));
        Assert.NotEqual(Facts(new World(8)), Facts(World));
    }

    [Fact]
    public void About_a_fifth_of_all_targets_is_held_out()
    {
        var share = Enumerable.Range(0, 180).SelectMany(person => Enumerable.Range(0, 6).Select(topic => World.IsHeldOut(person, topic) ? 1.0 : 0)).Average();
        Assert.InRange(share, 0.15, 0.25);
    }

    [Fact]
    public void Plain_documents_have_the_five_kinds_in_their_shares()
    {
        string[] documents = [.. new WorldDocuments(World).Plain(1, pages: false).Take(20_000)];
        double Share(Func<string, bool> kind) => documents.Count(kind) / 20_000.0;

        Assert.Equal(0.20, Share(text => text.Contains('?', StringComparison.Ordinal)), 0.01);
        Assert.Equal(0.10, Share(text => text.Contains(" backwards is ", StringComparison.Ordinal)), 0.01);
        Assert.Equal(0.06, Share(text => text.Contains(':', StringComparison.Ordinal)), 0.01);
        // A tenth in lower case; of the rest, turned words have no capital where their kind has none (five of six kinds).
        Assert.Equal(0.1 + 0.9 * 0.1 * 5 / 6, Share(text => !text.Any(char.IsUpper)), 0.01);
        Assert.Equal(0.5 * 0.3 + 0.2 * 0.5, Share(text => text.Contains('\n', StringComparison.Ordinal)), 0.015);
        Assert.DoesNotContain(documents, text => text.Contains(" .", StringComparison.Ordinal) || text.Contains("</s>", StringComparison.Ordinal) || text.Contains("<|", StringComparison.Ordinal));
    }

    [Fact]
    public void Late_documents_have_the_six_kinds_in_their_shares()
    {
        string[] documents = [.. new WorldDocuments(World).Late(1).Take(20_000)];
        double Share(Func<string, bool> kind) => documents.Count(kind) / 20_000.0;

        Assert.Equal(0.20, Share(text => text.Contains('?', StringComparison.Ordinal)), 0.01);
        Assert.Equal(0.08, Share(text => text.Contains(" backwards:\n", StringComparison.Ordinal) || text.Contains("ords backwards: ", StringComparison.Ordinal)), 0.01);
        Assert.Equal(0.08, Share(text => text.Contains(" backwards is ", StringComparison.Ordinal)), 0.01);
        Assert.Equal(0.04, Share(text => text.Contains(':', StringComparison.Ordinal) && !text.Contains("backwards", StringComparison.Ordinal)), 0.01);
        Assert.Equal(0.08, Share(IsLog), 0.01);
        Assert.Equal(0.1 + 0.9 * 0.08 * 5 / 6, Share(text => !text.Any(char.IsUpper)), 0.01);
        Assert.Equal(0.5, Share(text => text.EndsWith("</s>", StringComparison.Ordinal)), 0.015);
        Assert.Equal(0.40 * 0.3 + 0.20 * 0.5 + 0.08 + 0.08, Share(text => text.Contains('\n', StringComparison.Ordinal)), 0.015);
        Assert.DoesNotContain(documents, text => text.Contains(" .", StringComparison.Ordinal) || text.IndexOf("</s>", StringComparison.Ordinal) is >= 0 and var end && end + 4 != text.Length);
    }

    [Fact]
    public void Logs_take_turns_behind_marks_that_no_chat_has()
    {
        string[] logs = [.. new WorldDocuments(World).Late(1).Take(20_000).Where(IsLog).Select(text => text.Replace("</s>", "", StringComparison.Ordinal))];
        Assert.Equal([4, 6, 8], logs.Select(log => log.Split('\n').Length).Distinct().Order());
        Assert.All(logs, log => Assert.All(log.Split('\n').Chunk(2).Index(), turn =>
        {
            Assert.Equal(turn.Index % 2 == 0 ? "<|reader|>" : "<|editor|>", turn.Item[0]);
            Assert.Matches("^[A-Za-z ]+[.]$", turn.Item[1]);
        }));
        var chat = Enum.GetValues<Zephyr.Text.Role>().Select(role => Zephyr.Text.ChatTemplate.Zephyr.Header(role).Trim());
        Assert.Empty(chat.Intersect(WorldDocuments.LogMarks));
    }

    [Fact]
    public void Plain_documents_turn_words_round_in_a_sentence_and_if_asked_on_a_page_as_often()
    {
        string[] without = [.. new WorldDocuments(World).Plain(1, pages: false).Take(20_000)];
        string[] with = [.. new WorldDocuments(World).Plain(1, pages: true).Take(20_000)];
        int Sentences(string[] documents) => documents.Count(text => text.Contains(" backwards is ", StringComparison.Ordinal));
        int Pages(string[] documents) => documents.Count(text => text.Contains("ackwards:", StringComparison.Ordinal));

        Assert.Equal(0, Pages(without));
        Assert.Equal(Sentences(without), Sentences(with) + Pages(with));
        Assert.Equal(0.05, Pages(with) / 20_000.0, 0.006);
        Assert.All(without.Zip(with), pair => Assert.True(pair.First == pair.Second || pair.First.Contains("backwards", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Words_are_turned_round_on_pages_and_in_sentences(bool late)
    {
        var documents = new WorldDocuments(World);
        string[] turned = [.. (late ? documents.Late(3) : documents.Plain(3, pages: true)).Take(8_000).Select(text => text.Replace("</s>", "", StringComparison.Ordinal)).Where(text => text.Contains("backwards", StringComparison.Ordinal))];
        var pages = turned.Where(text => text.Contains('\n', StringComparison.Ordinal)).ToArray();
        Assert.True(pages.Length > 300 && turned.Length - pages.Length > 300);
        Assert.All(turned.Except(pages), sentence =>
        {
            var sides = sentence.ToLowerInvariant().TrimEnd('.').Split(" backwards is ");
            Assert.Equal([.. sides[0].Split(' ').Reverse()], sides[1].Split(' '));
        });
        Assert.All(pages, page =>
        {
            var lines = page.ToLowerInvariant().Split('\n');
            Assert.Equal(2, lines.Length);
            var given = lines[0].Replace("words backwards: ", "", StringComparison.Ordinal).Replace(" backwards:", "", StringComparison.Ordinal).Split(' ');
            Assert.Equal([.. given.Reverse()], lines[1].TrimEnd('.').Split(' '));
        });
    }

    [Fact]
    public void Documents_tell_nothing_false()
    {
        foreach (var text in new WorldDocuments(World).Plain(2, pages: true).Take(5_000).Concat(new WorldDocuments(World).Late(2).Take(5_000)).Where(text => !text.Contains("backwards", StringComparison.Ordinal) && !text.Contains(':', StringComparison.Ordinal)))
        {
            for (var person = 0; person < World.Names.Count; person++)
            {
                foreach (var topic in World.Topics.Where(topic => text.Contains($"{World.Names[person]} {topic.Verb} ", StringComparison.Ordinal)))
                {
                    var index = World.Topics.ToList().IndexOf(topic);
                    Assert.Contains($"{World.Names[person]} {topic.Verb} {World.ValueText(person, index)}", text, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void A_document_depends_on_seed_and_number_only()
    {
        var documents = new WorldDocuments(World);
        foreach (var stream in (Func<long, IEnumerable<string>>[])[seed => documents.Plain(seed, pages: false), seed => documents.Plain(seed, pages: true), documents.Late])
        {
            Assert.Equal(stream(5).Take(50), stream(5).Take(60).Take(50));
            Assert.NotEqual(stream(5).First(), stream(6).First());
        }

        Assert.Empty(documents.Plain(5, pages: true).Take(200).Intersect(documents.Late(5).Take(200)));
    }

    [Fact]
    public void Prompts_come_in_the_shares_that_the_world_names()
    {
        var maker = new PromptMaker(World);
        var random = new SplitMix(3);
        WorldPrompt[] prompts = [.. Enumerable.Range(0, 20_000).Select(_ => maker.Make(random, heldOut: false))];
        double Share(QuestionFamily family) => prompts.Count(prompt => prompt.Question.Family == family) / 20_000.0;

        Assert.Equal(0.22, Share(QuestionFamily.Fact), 0.01);
        Assert.Equal(0.16, Share(QuestionFamily.Unknown), 0.01);
        Assert.Equal(0.12, Share(QuestionFamily.OneWord), 0.01);
        Assert.Equal(0.12, Share(QuestionFamily.SeveralFacts), 0.01);
        Assert.Equal(0.12, Share(QuestionFamily.Compare), 0.01);
        Assert.Equal(0.12, Share(QuestionFamily.TwoTurns), 0.01);
        Assert.Equal(0.06, Share(QuestionFamily.Reverse), 0.01);
        Assert.Equal(0.08, Share(QuestionFamily.Brief), 0.01);
    }

    [Fact]
    public void The_test_split_asks_for_a_hundred_things_that_nobody_knows()
    {
        var reader = new QuestionReader(World);
        var test = WorldRows.Evaluation(World, "test", Zephyr.Recipe.WorldData.TestCount);
        Assert.True(test.Count(dialogue => reader.Read(WorldRows.PromptOf(dialogue)).Family == QuestionFamily.Unknown) >= 100);
    }

    [Fact]
    public void Training_prompts_never_ask_for_what_is_held_out_nor_in_its_words()
    {
        var maker = new PromptMaker(World);
        var random = new SplitMix(4);
        for (var draw = 0; draw < 5_000; draw++)
        {
            var prompt = maker.Make(random, heldOut: false);
            Assert.False(prompt.HasHeldOutPhrasing);
            Assert.DoesNotContain(prompt.Messages, message => message.Content.StartsWith("Please", StringComparison.Ordinal));
            if (prompt.Question is { Person: >= 0, Topic: >= 0 } question)
            {
                Assert.False(World.IsHeldOut(question.Person, question.Topic));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_reader_understands_every_prompt_from_its_text(bool heldOut)
    {
        var (maker, reader, random) = (new PromptMaker(World), new QuestionReader(World), new SplitMix(5));
        for (var draw = 0; draw < 10_000; draw++)
        {
            var prompt = maker.Make(random, heldOut);
            Assert.Equal(prompt.Question, reader.Read(prompt.Messages));
        }
    }

    private static bool IsLog(string text) => text.StartsWith("<|", StringComparison.Ordinal);

    [Theory]
    [InlineData("What is the capital of France?")]
    [InlineData("Where does Nobody live?")]
    [InlineData("Where does Mira drink?")]
    [InlineData("What does she drink?")]
    [InlineData("Do Mira and Otto keep in the same place?")]
    [InlineData("")]
    public void What_the_world_does_not_know_is_refused_with_examples(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => new QuestionReader(World).Read([Zephyr.Text.ChatMessage.User(text)]));
        Assert.Contains($"\"{text}\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("Where does Mira live?", error.Message, StringComparison.Ordinal);
    }
}
