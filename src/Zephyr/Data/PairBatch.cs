using static TorchSharp.torch;

namespace Zephyr.Data;

/// <summary>Preference pairs as tensors: all chosen rows, then all rejected rows, padded on the right to the longest of them.</summary>
/// <param name="Rows">The rows, prompt and response; responses are learned. Row p is the chosen response of pair p, row pairs + p its rejected one.</param>
/// <param name="ChosenTokens">Tokens of each chosen response, in pair order.</param>
/// <param name="RejectedTokens">Tokens of each rejected response, in pair order.</param>
public sealed record PairBatch(SftBatch Rows, IReadOnlyList<int> ChosenTokens, IReadOnlyList<int> RejectedTokens)
{
    /// <summary>How many pairs there are.</summary>
    public int Pairs => ChosenTokens.Count;

    /// <summary>Token ids, <c>[2 · pairs, time]</c> int64.</summary>
    public Tensor Ids => Rows.Ids;

    /// <summary>Response ids, −100 on prompts and padding, <c>[2 · pairs, time]</c> int64.</summary>
    public Tensor Labels => Rows.Labels;

    /// <summary>Makes the tensors of a batch of pairs.</summary>
    /// <param name="pairs">The pairs; every prompt and response has at least one token.</param>
    /// <param name="device">Where the tensors live; null is the CPU.</param>
    /// <param name="padId">The id that fills short rows; never a target.</param>
    /// <exception cref="ArgumentException">There are no pairs, or one lacks a prompt or a response.</exception>
    public static PairBatch Of(IReadOnlyList<TokenizedPair> pairs, Device? device = null, int padId = 0)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var rows = pairs.Select(pair => Row(pair, pair.Chosen, pair.Seen?.Chosen)).Concat(pairs.Select(pair => Row(pair, pair.Rejected, pair.Seen?.Rejected))).ToList();
        return new(SftBatch.Of(rows, device, padId), [.. pairs.Select(pair => pair.Chosen.Length)], [.. pairs.Select(pair => pair.Rejected.Length)]);
    }

    private static TokenizedExample Row(TokenizedPair pair, int[] response, bool[]? seen) => pair.Prompt.Length > 0 && response.Length > 0
        ? new([.. pair.Prompt, .. response], [.. pair.Prompt.Select(_ => false), .. response.Select(_ => true)]) { Seen = seen is null ? null : [.. pair.Seen!.Prompt, .. seen] }
        : throw new ArgumentException($"A prompt of {pair.Prompt.Length} tokens with a response of {response.Length}: both need at least one.");
}
