namespace Zephyr.Generation;

/// <summary>How the next token is drawn from the model's distribution.</summary>
/// <remarks>Applied in this order: repetition penalty, temperature, top-k, top-p, min-p. What is left is drawn from in proportion.</remarks>
public sealed record SamplingOptions
{
    /// <summary>Always the likeliest token.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>The settings on the model card of Zephyr-7B-beta: temperature 0.7, top-k 50, top-p 0.95, 256 tokens.</summary>
    public static SamplingOptions ModelCard { get; } = new() { Temperature = 0.7, TopK = 50, TopP = 0.95 };

    /// <summary>Logits are divided by it: below 1 sharper, above 1 flatter; 0 takes the likeliest token.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Keeps this many of the likeliest tokens, and those equal to the last of them; <c>null</c> keeps all.</summary>
    public int? TopK { get; init; }

    /// <summary>Keeps the likeliest tokens whose probabilities together reach this, above 0 and at most 1; <c>null</c> keeps all.</summary>
    public double? TopP { get; init; }

    /// <summary>Keeps tokens at least this share as likely as the likeliest, 0 to 1; <c>null</c> keeps all.</summary>
    public double? MinP { get; init; }

    /// <summary>Divides positive and multiplies negative logits of tokens already in prompt or reply; 1 changes nothing.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Longest reply, in tokens.</summary>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>Same seed, prompts and model give the same replies. The number drawn for a token depends on seed, row and position alone.</summary>
    public long Seed { get; init; }

    /// <summary>Tokens that end a reply; <c>null</c> is the model's <c>EosId</c>, an empty list never ends early.</summary>
    public IReadOnlyList<int>? EndIds { get; init; }

    /// <summary>Most rows in one batch.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Checks the numbers.</summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">A number is out of its range; the message names it.</exception>
    public SamplingOptions Validated()
    {
        Require(Temperature >= 0, nameof(Temperature), Temperature, "0 or more");
        Require(TopK is null or > 0, nameof(TopK), TopK, "positive");
        Require(TopP is null or (> 0 and <= 1), nameof(TopP), TopP, "above 0 and at most 1");
        Require(MinP is null or (>= 0 and <= 1), nameof(MinP), MinP, "from 0 to 1");
        Require(RepetitionPenalty > 0, nameof(RepetitionPenalty), RepetitionPenalty, "positive");
        Require(MaxNewTokens > 0, nameof(MaxNewTokens), MaxNewTokens, "positive");
        Require(BatchSize > 0, nameof(BatchSize), BatchSize, "positive");
        return this;
    }

    private static void Require(bool holds, string name, object? value, string range)
    {
        if (!holds)
        {
            throw new ArgumentException($"{name} is {value}; it must be {range}.");
        }
    }
}
