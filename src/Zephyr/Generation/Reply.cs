namespace Zephyr.Generation;

/// <summary>What the model wrote after one prompt.</summary>
/// <param name="Ids">The new tokens, without the one that ended the reply.</param>
/// <param name="Reason">Why it stops there.</param>
public sealed record Reply(int[] Ids, StopReason Reason);

/// <summary>Why a reply stops.</summary>
public enum StopReason
{
    /// <summary>The model ended its turn.</summary>
    EndOfText,

    /// <summary>The reply reached <see cref="SamplingOptions.MaxNewTokens"/>; it is probably cut short.</summary>
    Length,

    /// <summary>The caller cancelled; the reply is as far as it had come.</summary>
    Cancelled,
}

/// <summary>One new token, as it is drawn.</summary>
/// <param name="Row">Number of the prompt.</param>
/// <param name="Position">Number of the token in its reply, from 0.</param>
/// <param name="Id">The token.</param>
public readonly record struct SampledToken(int Row, int Position, int Id);
