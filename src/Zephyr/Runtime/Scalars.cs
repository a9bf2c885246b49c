using TorchSharp;
using static TorchSharp.torch;

namespace Zephyr.Runtime;

/// <summary>Numbers beside tensors, in boxes that outlive the native call that reads them.</summary>
/// <remarks>
/// TorchSharp 0.107 boxes every number that an operator or method takes (the 2 in <c>x * 2.0</c>, the 1 in <c>x + y</c>, the 0 in <c>x.ne(0)</c>) in an object
/// that owns native memory, and holds only the memory's address during the call. A collection that another thread starts in between frees the memory under the
/// call: a wrong number, or "Expected false to be true". Boxes made here are kept until <see cref="Kept"/> later ones were made.
/// </remarks>
public static class Scalars
{
    /// <summary>How many boxes are kept. A call reads its box at its beginning, within microseconds.</summary>
    public const int Kept = 4096;

    private static readonly Scalar?[] Ring = new Scalar?[Kept];
    private static uint _made;

    /// <summary>A number for TorchSharp's methods.</summary>
    public static Scalar Of(double value) => Keep(value.ToScalar());

    /// <summary>A whole number for TorchSharp's methods.</summary>
    public static Scalar Of(long value) => Keep(value.ToScalar());

    /// <summary>x + y.</summary>
    /// <returns>Shape and type as of TorchSharp's <c>+</c>.</returns>
    public static Tensor Plus(this Tensor x, Tensor y) => Guarded(x).add(y, Of(1L));

    /// <summary>x + number.</summary>
    public static Tensor Plus(this Tensor x, double number) => Guarded(x).add(Of(number), Of(1L));

    /// <summary>x · number, in the type of <paramref name="x"/> where that has fractions.</summary>
    public static Tensor Times(this Tensor x, double number) => Guarded(x).mul(Of(number));

    /// <summary>x / number.</summary>
    public static Tensor Over(this Tensor x, double number) => Guarded(x).div(Of(number));

    /// <summary>x + number for whole numbers: the type stays.</summary>
    public static Tensor Plus(this Tensor x, long number) => Guarded(x).add(Of(number), Of(1L));

    private static Tensor Guarded(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x;
    }

    private static Scalar Keep(Scalar box)
    {
        Ring[(Interlocked.Increment(ref _made) - 1) % Kept] = box;
        return box;
    }
}
