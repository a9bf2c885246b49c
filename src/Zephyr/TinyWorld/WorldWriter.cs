using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Zephyr.Feedback;
using Zephyr.Rows;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Zephyr.TinyWorld;

/// <summary>A writer of the world behind the same interface as any chat model: it reads the prompt's text and answers after its habits.</summary>
/// <param name="world">What it knows.</param>
/// <param name="traits">Its habits.</param>
/// <remarks>With <see cref="ChatOptions.Seed"/> the reply is a pure function of prompt and seed; without, of the prompt alone.</remarks>
public sealed class WorldWriter(World world, WriterTraits traits) : IChatClient
{
    private readonly QuestionReader _reader = new(world);

    /// <summary>Its habits.</summary>
    public WriterTraits Traits => traits;

    /// <summary>The teacher of a world.</summary>
    public static WorldWriter Teacher(World world) => new(world, WriterTraits.Teacher);

    /// <summary>The four writers whose replies are rated.</summary>
    public static IReadOnlyList<FeedbackWriter> Pool(World world) => [.. WriterTraits.Pool.Select(traits => new FeedbackWriter(traits.Name, new WorldWriter(world, traits)))];

    /// <summary>A reply to a question.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="random">Where the draws come from.</param>
    public string Reply(Question question, SplitMix random)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(random);
        return new ReplyComposer(world, traits, question, random).Compose();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The prompt is not one of the world's.</exception>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var question = _reader.Read(ChatWords.To(messages));
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, Reply(question, new(SplitMix.Mix(options?.Seed ?? 0)))))
        {
            ModelId = traits.Name,
            FinishReason = ChatFinishReason.Stop,
        });
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is null && serviceType == typeof(ChatClientMetadata))
        {
            return new ChatClientMetadata("tiny-world", defaultModelId: traits.Name);
        }

        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>There is nothing to let go of.</summary>
    public void Dispose()
    {
    }
}
