namespace Zephyr.Data;

/// <summary>
/// A preference pair as the released run's software of November 2023 made it: prompt and replies encoded apart, so that a reply begins with a space marker
/// of its own; every end-of-turn id of the text hidden from attention; one more added at the end.
/// </summary>
/// <param name="ChosenIds">Prompt and preferred reply.</param>
/// <param name="ChosenAttention">False on each end-of-turn id that the text held.</param>
/// <param name="RejectedIds">Prompt and other reply.</param>
/// <param name="RejectedAttention">As <paramref name="ChosenAttention"/>.</param>
/// <param name="PromptLength">Ids of the prompt, the same in both; nothing of it is learned.</param>
/// <param name="PromptCut">Whether the prompt lost its beginning.</param>
/// <param name="RepliesCut">Whether both replies were held to the same limit afterwards.</param>
/// <remarks>Source: TRL 0.7.4, DPODataCollatorWithPadding.tokenize_batch_element. Kept for comparison; new runs use <see cref="Tokenization.Pair"/>.</remarks>
public sealed record SeparatePair(
    int[] ChosenIds,
    bool[] ChosenAttention,
    int[] RejectedIds,
    bool[] RejectedAttention,
    int PromptLength,
    bool PromptCut,
    bool RepliesCut)
{
    /// <summary>Prompt and replies told apart, with what is hidden from attention.</summary>
    public TokenizedPair ToPair() => new(ChosenIds[..PromptLength], ChosenIds[PromptLength..], RejectedIds[PromptLength..])
    {
        Seen = new(ChosenAttention[..PromptLength], ChosenAttention[PromptLength..], RejectedAttention[PromptLength..]),
    };
}
