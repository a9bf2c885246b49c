using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Zephyr.Rows;
using ChatMessage = Zephyr.Text.ChatMessage;
using Role = Zephyr.Text.Role;

namespace Zephyr.Feedback;

/// <summary>One of the models that answer prompts.</summary>
/// <param name="Name">Its name in the rows; part of the key under which its answers are kept.</param>
/// <param name="Client">Where it is asked: a program, or any chat endpoint.</param>
/// <param name="Principle">What it was told to care for.</param>
public sealed record FeedbackWriter(string Name, IChatClient Client, string Principle = "helpfulness");

/// <summary>A prompt that wants answers and ratings.</summary>
/// <param name="Number">Its place in the set; with the options' seed it decides every draw made for this prompt.</param>
/// <param name="Source">The data set that the prompt comes from.</param>
/// <param name="Messages">All turns before the reply, the last one the user's.</param>
public sealed record PromptToRate(long Number, string Source, IReadOnlyList<ChatMessage> Messages);

/// <summary>How feedback is collected.</summary>
public sealed record FeedbackOptions
{
    /// <summary>Decides which writers answer, in which order, and what they and the judge draw.</summary>
    public required long Seed { get; init; }

    /// <summary>Answers a prompt; four in UltraFeedback.</summary>
    public int Replies { get; init; } = 4;

    /// <summary>Sampling temperature asked of the writers; 1 in UltraFeedback.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Longest answer in tokens; 1,024 in UltraFeedback.</summary>
    public int MaxNewTokens { get; init; } = 1024;
}

/// <summary>Step 2 of the recipe: several writers answer each prompt, a judge rates every answer, and the result is a row in UltraFeedback's shape.</summary>
/// <param name="writers">The pool; as many as the options ask for are drawn for each prompt, in random order, none twice.</param>
/// <param name="judge">Who rates.</param>
/// <param name="options">Numbers.</param>
/// <param name="cache">Where answers and ratings are kept; null keeps none.</param>
/// <remarks>Source: Zephyr paper, section 3, step 2 (AIF); Cui et al. 2023.</remarks>
public sealed class FeedbackCollector(IReadOnlyList<FeedbackWriter> writers, IJudge judge, FeedbackOptions options, AnswerCache? cache = null)
{
    /// <summary>Rates prompt after prompt; what was kept before costs nothing.</summary>
    public async IAsyncEnumerable<RatedPrompt> CollectAsync(IEnumerable<PromptToRate> prompts, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        foreach (var prompt in prompts)
        {
            yield return await RateAsync(prompt, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Collects the answers to one prompt and their ratings.</summary>
    /// <exception cref="InvalidOperationException">The pool is smaller than the answers asked for.</exception>
    public async Task<RatedPrompt> RateAsync(PromptToRate prompt, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (writers.Count < options.Replies)
        {
            throw new InvalidOperationException($"{options.Replies} replies a prompt need as many writers; there are {writers.Count}.");
        }

        var order = Enumerable.Range(0, writers.Count).ToArray();
        new SplitMix(SplitMix.Mix(options.Seed, prompt.Number)).Shuffle<int>(order);
        FeedbackWriter[] asked = [.. order.Take(options.Replies).Select(index => writers[index])];
        var completions = await Task.WhenAll(asked.Select((writer, slot) => CompleteAsync(prompt, writer, slot, cancellation))).ConfigureAwait(false);
        return new(prompt.Source, PromptText.Of(prompt.Messages), [.. asked.Select(writer => writer.Name)], [], [], completions);
    }

    private async Task<RatedCompletion> CompleteAsync(PromptToRate prompt, FeedbackWriter writer, int slot, CancellationToken cancellation)
    {
        var seed = (long)SplitMix.Mix(options.Seed, prompt.Number, slot + 1);
        var reply = await AnswerAsync(prompt, writer, seed, cancellation).ConfigureAwait(false);
        var rating = await RatingAsync(new(prompt.Messages, reply, seed), cancellation).ConfigureAwait(false);
        return new(
            writer.Name,
            writer.Principle,
            prompt.Messages is [{ Role: Role.System } system, ..] ? system.Content : "",
            reply,
            Annotations(rating),
            rating.Critique,
            rating.Overall,
            rating.AspectMean);
    }

    private Task<string> AnswerAsync(PromptToRate prompt, FeedbackWriter writer, long seed, CancellationToken cancellation)
    {
        async Task<string> Ask()
        {
            var settings = new ChatOptions { Seed = seed, Temperature = options.Temperature, MaxOutputTokens = options.MaxNewTokens };
            return (await writer.Client.GetResponseAsync(ChatWords.From(prompt.Messages), settings, cancellation).ConfigureAwait(false)).Text;
        }

        var number = CultureInfo.InvariantCulture;
        return cache is null ? Ask() : cache.GetOrAddAsync(
            AnswerCache.KeyOf("answer", writer.Name, writer.Principle, Json(prompt.Messages), seed.ToString(number), options.Temperature.ToString(number), options.MaxNewTokens.ToString(number)),
            Ask);
    }

    private async Task<Rating> RatingAsync(JudgeRequest request, CancellationToken cancellation)
    {
        if (cache is null)
        {
            return await judge.RateAsync(request, cancellation).ConfigureAwait(false);
        }

        var key = AnswerCache.KeyOf("rating", judge.Name, Json(request.Prompt), request.Reply, request.Seed.ToString(CultureInfo.InvariantCulture));
        var kept = await cache.GetOrAddAsync(key, async () => JsonSerializer.Serialize(await judge.RateAsync(request, cancellation).ConfigureAwait(false))).ConfigureAwait(false);
        return JsonSerializer.Deserialize<Rating>(kept)!;
    }

    private static string Json(IReadOnlyList<ChatMessage> messages) => JsonSerializer.Serialize(messages);

    private static OrderedDictionary<string, AspectRating> Annotations(Rating rating) => new()
    {
        ["helpfulness"] = new(Text(rating.Helpfulness), "", [], ""),
        ["honesty"] = new(Text(rating.Honesty), ""),
        ["instruction_following"] = new(Text(rating.InstructionFollowing), ""),
        ["truthfulness"] = new(Text(rating.Truthfulness), "", [], ""),
    };

    private static string Text(int? rating) => rating?.ToString(CultureInfo.InvariantCulture) ?? "N/A";
}
