using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>Where the texts lie in a batch of rows: padding, and documents packed into one row.</summary>
/// <remarks>Rows that are padded on the right only need no layout: no token sees what is after it.</remarks>
public sealed class TokenLayout
{
    private TokenLayout(Tensor? documents, Tensor positions, bool isPaddedRight) => (Documents, Positions, IsPaddedRight) = (documents, positions, isPaddedRight);

    /// <summary>Whether a row ends in padding.</summary>
    public bool IsPaddedRight { get; }

    /// <summary>Position of every token within its document, <c>[batch, time]</c>, 64-bit; 0 on padding.</summary>
    public Tensor Positions { get; }

    /// <summary>Document number of every token, <c>[batch, time]</c>, 64-bit; 0 is padding. <c>null</c> where no mask beyond causality is needed.</summary>
    public Tensor? Documents { get; }

    /// <summary>1 on tokens that later ones may read and 0 on the others, <c>[batch, time]</c>, 64-bit; <c>null</c> where all may be read.</summary>
    public Tensor? Seen { get; private init; }

    /// <summary>One text a row in which some tokens, and padding on the right, are hidden from all that come after; positions count them all the same.</summary>
    /// <param name="seen">1 on tokens that may be read and 0 on hidden ones, <c>[batch, time]</c>. A hidden token does not read itself either.</param>
    /// <remarks>What an attention mask with zeros inside the text did in November 2023; new runs have no use for it.</remarks>
    /// <exception cref="ArgumentException">Not <c>[batch, time]</c>.</exception>
    public static TokenLayout Hiding(Tensor seen)
    {
        using var scope = NewDisposeScope();
        var marks = Checked(seen).ne(Scalars.Of(0)).to(ScalarType.Int64);
        var (batch, time) = (marks.shape[0], marks.shape[1]);
        var positions = arange(Scalars.Of(time), ScalarType.Int64, marks.device).unsqueeze(0).expand(batch, time).contiguous();
        return new(ones_like(marks).MoveToOuterDisposeScope(), positions.MoveToOuterDisposeScope(), marks.select(1, -1).eq(Scalars.Of(0)).any().item<bool>())
        {
            Seen = marks.MoveToOuterDisposeScope(),
        };
    }

    /// <summary>One text a row, padded on the left or on the right.</summary>
    /// <param name="attentionMask">1 on text and 0 on padding, <c>[batch, time]</c>.</param>
    /// <exception cref="ArgumentException">Not <c>[batch, time]</c>, or a row has padding inside its text.</exception>
    public static TokenLayout Padded(Tensor attentionMask)
    {
        using var scope = NewDisposeScope();
        var mask = Checked(attentionMask).ne(Scalars.Of(0)).to(ScalarType.Int64);
        var steps = mask.diff(dim: 1);
        if (steps.ne(Scalars.Of(0)).sum(1).gt(Scalars.Of(1)).any().item<bool>())
        {
            throw new ArgumentException("A row of the attention mask has padding inside its text; padding stands on one side of it.", nameof(attentionMask));
        }

        var rightOnly = !steps.gt(Scalars.Of(0)).any().item<bool>();
        var positions = mask.cumsum(1).Plus(-1).clamp_(min: Scalars.Of(0)).MoveToOuterDisposeScope();
        return new(rightOnly ? null : mask.MoveToOuterDisposeScope(), positions, mask.select(1, -1).eq(Scalars.Of(0)).any().item<bool>());
    }

    /// <summary>Several texts a row; none reads another, and positions begin again with each.</summary>
    /// <param name="documents">Number of each token's document, the same along its text, 0 on padding, <c>[batch, time]</c>.</param>
    /// <exception cref="ArgumentException">Not <c>[batch, time]</c>.</exception>
    public static TokenLayout Packed(Tensor documents)
    {
        using var scope = NewDisposeScope();
        var numbers = Checked(documents).to(ScalarType.Int64).clone();
        var (batch, time) = (numbers.shape[0], numbers.shape[1]);
        var index = arange(Scalars.Of(time), ScalarType.Int64, numbers.device).unsqueeze(0).expand(batch, time);
        var begins = cat([ones(batch, 1, ScalarType.Bool, numbers.device), numbers.diff(dim: 1).ne(Scalars.Of(0))], 1);
        var starts = where(begins, index, zeros_like(index)).cummax(1).values; // [batch, time]: where the token's document began
        var positions = (index - starts) * numbers.ne(Scalars.Of(0)).to(ScalarType.Int64);
        return new(numbers.MoveToOuterDisposeScope(), positions.MoveToOuterDisposeScope(), numbers.select(1, -1).eq(Scalars.Of(0)).any().item<bool>());
    }

    private static Tensor Checked(Tensor given) => given.dim() == 2
        ? given
        : throw new ArgumentException($"A layout is [batch, time]; this has shape [{string.Join(", ", given.shape)}].");
}
