using Zephyr.Model;

namespace Zephyr.Generation;

/// <summary>Lets a model write: many prompts at once, each as if it were alone.</summary>
public static class Sampler
{
    /// <summary>Most memory for keys and values of one batch, in bytes; more prompts make more batches.</summary>
    public const long LargestCache = 512L << 20;

    /// <summary>One reply for each prompt, in the order of the prompts. Computes in the weights' own type, whatever the model's compute type for training.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Token ids; every prompt has at least one.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="onToken">Called for every token as it is drawn, batch by batch.</param>
    /// <param name="cancellation">Checked before every token; what has been written until then is returned.</param>
    /// <exception cref="ArgumentException">A prompt is empty or holds an id outside the vocabulary, or an option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The model gave a logit that is not a number.</exception>
    public static IReadOnlyList<Reply> Generate(
        Mistral model,
        IReadOnlyList<int[]> prompts,
        SamplingOptions options,
        Action<SampledToken>? onToken = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        options = (options ?? throw new ArgumentNullException(nameof(options))).Validated();
        Check(prompts, model.Config.VocabSize);

        var replies = new Reply[prompts.Count];
        foreach (var rows in Batches(prompts, options, BytesOfToken(model)))
        {
            using var batch = new SamplingBatch(model, prompts, rows, options, onToken);
            foreach (var (row, reply) in batch.Run(cancellation))
            {
                replies[row] = reply;
            }
        }

        return replies;
    }

    /// <summary>Prompts of like length together, so that little padding is computed.</summary>
    private static IEnumerable<int[]> Batches(IReadOnlyList<int[]> prompts, SamplingOptions options, long bytesOfToken)
    {
        var rest = Enumerable.Range(0, prompts.Count).OrderByDescending(row => prompts[row].Length).ToArray().AsMemory();
        while (rest.Length > 0)
        {
            var bytesOfRow = (prompts[rest.Span[0]].Length + options.MaxNewTokens) * bytesOfToken;
            var size = (int)Math.Clamp(LargestCache / bytesOfRow, 1, Math.Min(options.BatchSize, rest.Length));
            yield return rest[..size].ToArray();
            rest = rest[size..];
        }
    }

    private static long BytesOfToken(Mistral model) => 2L * model.Config.Layers * model.Config.KvHeads * model.Config.HeadSize * model.Decoder.Embedding.Weight.element_size();

    private static void Check(IReadOnlyList<int[]> prompts, int vocabulary)
    {
        for (var row = 0; row < prompts.Count; row++)
        {
            if (prompts[row].Length == 0)
            {
                throw new ArgumentException($"Prompt {row} is empty; a model goes on from at least one token.", nameof(prompts));
            }

            foreach (var id in prompts[row])
            {
                if (id < 0 || id >= vocabulary)
                {
                    throw new ArgumentException($"Prompt {row} holds token {id}; the model knows 0 to {vocabulary - 1}.", nameof(prompts));
                }
            }
        }
    }
}
