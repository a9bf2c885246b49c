namespace Zephyr.Training;

/// <summary>What a trainer holds in memory during a step. The numbers of a run stay the same, the head's gradient to rounding.</summary>
public sealed record MemoryOptions
{
    /// <summary>Largest table of logits in bytes, counted in fp32, that is made whole where <see cref="LogitTokens"/> is not given.</summary>
    public const long LargestLogits = 64L << 20;

    /// <summary>
    /// Activation checkpointing: keep only what each block is given, and run the block again in the backward pass. The same bits on a CPU (with tied embeddings under
    /// accumulation: the same to rounding); about a third more products, a fraction of the memory.
    /// </summary>
    public bool RecomputeBlocks { get; init; }

    /// <summary>
    /// Tokens whose logits exist at a time; null takes all at once while they fit in <see cref="LargestLogits"/>, else as many as do. Chunks cost the head's product once
    /// more (<see cref="Losses.ChunkedLogProbs"/>).
    /// </summary>
    public int? LogitTokens { get; init; }

    /// <summary>How many tokens' logits are made at once.</summary>
    /// <param name="tokens">Learned tokens of a batch.</param>
    /// <param name="vocab">Logits a token.</param>
    public int TokensAtOnce(int tokens, int vocab) => Math.Min(tokens, LogitTokens ?? (int)Math.Max(1, LargestLogits / (4L * vocab)));
}
