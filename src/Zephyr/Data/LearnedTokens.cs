using static TorchSharp.torch;

namespace Zephyr.Data;

/// <summary>The targets of a batch, picked out, so that the output head and the loss see nothing that is not learned from.</summary>
/// <param name="Positions">Where each target is predicted: index into <c>[batch · time]</c> of the position before it, <c>[tokens]</c> int64.</param>
/// <param name="Targets">Ids of the targets, <c>[tokens]</c> int64; row by row in reading order.</param>
/// <param name="Rows">The row of each target, <c>[tokens]</c> int64.</param>
/// <param name="Count">How many targets there are.</param>
public sealed record LearnedTokens(Tensor Positions, Tensor Targets, Tensor Rows, int Count);
