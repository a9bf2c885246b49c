using Zephyr.Recipe;
using Zephyr.Recipe.Claims;
using Zephyr.Rows;
using Zephyr.TinyWorld;

namespace Zephyr.Tests.Recipe.Claims;

public class ReversalTests
{
    private static readonly WorldData Data = new(Path.Combine(GoldenFiles.RepositoryRoot, "data"));
    private static readonly WorldJudge Judge = new(Data.World);

    [Fact]
    public void Coins_turn_about_half_of_the_pairs_and_leave_their_texts_alone()
    {
        var turned = Reversals.LabelsByCoin(Data.Pairs, seed: 1);

        var count = turned.Zip(Data.Pairs).Count(pair => pair.First.ChosenReply == pair.Second.RejectedReply);
        Assert.InRange(count, Data.Pairs.Count * 0.45, Data.Pairs.Count * 0.55);
        Assert.All(turned.Zip(Data.Pairs), pair => Assert.Equal(
            new[] { pair.Second.ChosenReply, pair.Second.RejectedReply }.Order(), new[] { pair.First.ChosenReply, pair.First.RejectedReply }.Order()));
        Assert.Equal(turned.Select(pair => pair.ChosenReply), Reversals.LabelsByCoin(Data.Pairs, seed: 1).Select(pair => pair.ChosenReply));
        Assert.NotEqual(turned.Select(pair => pair.ChosenReply), Reversals.LabelsByCoin(Data.Pairs, seed: 2).Select(pair => pair.ChosenReply));
    }

    [Fact]
    public void Swapping_twice_changes_nothing()
    {
        var swapped = Reversals.Swapped(Data.Pairs);

        Assert.All(swapped.Zip(Data.Pairs), pair => Assert.Equal((pair.Second.RejectedReply, pair.Second.ChosenReply), (pair.First.ChosenReply, pair.First.RejectedReply)));
        Assert.Equal(Data.Pairs, Reversals.Swapped(swapped));
    }

    [Fact]
    public void The_usual_noise_gives_the_usual_pairs_and_more_noise_worse_ones()
    {
        Assert.Equal(Data.Pairs.Select(pair => (pair.ChosenReply, pair.RejectedReply)), Reversals.JudgedBy(Data.RatedPrompts, Reversals.WithNoise(1)).Select(pair => (pair.ChosenReply, pair.RejectedReply)));

        double[] trulyWorse = [.. new[] { 0.0, 1, 2, 4 }.Select(times => Reversals.JudgedBy(Data.RatedPrompts, Reversals.WithNoise(times)).Average(pair =>
            Score(pair.PromptMessages, pair.ChosenReply) < Score(pair.PromptMessages, pair.RejectedReply) ? 1.0 : 0))];
        Assert.Equal(0, trulyWorse[0]);
        Assert.True(trulyWorse[1] > 0.05 && trulyWorse[2] > trulyWorse[1] + 0.05 && trulyWorse[3] > trulyWorse[2] + 0.03, string.Join(", ", trulyWorse));
    }

    [Fact]
    public void A_judge_of_length_never_chooses_the_shorter_reply()
    {
        static int Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        var pairs = Reversals.JudgedBy(Data.RatedPrompts, Reversals.Words);

        Assert.InRange(pairs.Count, Data.Pairs.Count * 0.95, Data.Pairs.Count);
        Assert.All(pairs, pair => Assert.True(Words(pair.ChosenReply) >= Words(pair.RejectedReply) && pair.ChosenReply != pair.RejectedReply));
        Assert.True(pairs.Average(pair => Words(pair.ChosenReply)) > Data.Pairs.Average(pair => Words(pair.ChosenReply)) + 2);
    }

    [Fact]
    public void The_weak_teacher_answers_the_same_prompts_worse_than_the_chosen_replies()
    {
        Dialogue[] some = [.. Data.Dialogues.Take(500)];
        var weak = Reversals.TaughtBy(Data.World, Reversals.WeakTeacher, some, seed: 1);
        var chosen = Reversals.ChosenReplies(Data.Pairs);

        Assert.Equal(some.SelectMany(WorldRows.PromptOf), weak.SelectMany(WorldRows.PromptOf));
        Assert.Equal(Data.Pairs[7].ChosenReply, chosen[7].Messages[^1].Content);
        Assert.True(Mean(weak) < Mean(some) - 0.5);
        Assert.True(Mean(weak) < Mean(chosen) - 0.5, $"{Mean(weak):0.00} against {Mean(chosen):0.00}");
        Assert.True(Mean(chosen) < Mean(some) + 0.3, "the strong teacher is about as good as the chosen replies");
    }

    [Fact]
    public void Filters_leave_no_disclaimer_and_no_reply_in_lower_case()
    {
        var filtered = Reversals.Filtered([.. Data.Dialogues.Take(3_000)]);

        Assert.InRange(filtered.Count, 2_000, 2_600); // the teacher disclaims in a bit more than a fifth
        Assert.DoesNotContain(filtered, dialogue => dialogue.Messages[^1].Content.Contains("As an AI", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(filtered, dialogue => char.IsLower(dialogue.Messages[^1].Content[0]));
    }

    private static double Mean(IEnumerable<Dialogue> dialogues) => dialogues.Average(dialogue => Score(WorldRows.PromptOf(dialogue), dialogue.Messages[^1].Content));

    private static double Score(IReadOnlyList<Zephyr.Text.ChatMessage> prompt, string reply) => Judge.Judge(new QuestionReader(Data.World).Read(prompt), reply).Overall;
}
