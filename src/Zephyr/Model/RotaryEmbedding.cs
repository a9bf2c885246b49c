using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Model;

/// <summary>
/// Turns each pair of a head's dimensions by an angle that grows with the position, so that a query and a key meet at
/// their distance (Su et al. 2021, RoFormer). Pairs dimension i with i + headSize / 2, as the published weights do;
/// the original Mistral code pairs 2i with 2i + 1.
/// </summary>
public static class RotaryEmbedding
{
    /// <summary>Cosines and sines of every position's angles.</summary>
    /// <param name="positions">Token positions, any shape, 64-bit.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="theta">Base of the wavelengths.</param>
    /// <returns>Two tensors of the shape of <paramref name="positions"/> with a last axis of headSize / 2, in fp32.</returns>
    /// <remarks>The angles are fp32 products, as in the software that made the published weights.</remarks>
    public static (Tensor Cos, Tensor Sin) Table(Tensor positions, int headSize, double theta)
    {
        var exponent = arange(Scalars.Of(0), Scalars.Of(headSize), Scalars.Of(2), ScalarType.Float32, positions.device).Over(headSize); // [headSize / 2]
        var frequency = pow(tensor((float)theta, device: positions.device), exponent).reciprocal();
        var angle = positions.to(ScalarType.Float32).unsqueeze(-1) * frequency;
        return (angle.cos(), angle.sin());
    }

    /// <summary>Turns every head by its position's angles.</summary>
    /// <param name="x"><c>[batch, heads, time, headSize]</c>.</param>
    /// <param name="cos">From <see cref="Table"/>, <c>[1 or batch, 1, time, headSize / 2]</c>, in the type of <paramref name="x"/>.</param>
    /// <param name="sin">As <paramref name="cos"/>.</param>
    /// <returns>Same shape and length of every vector.</returns>
    public static Tensor Rotate(Tensor x, Tensor cos, Tensor sin) => Ops.Rotate(x, cos, sin);
}
