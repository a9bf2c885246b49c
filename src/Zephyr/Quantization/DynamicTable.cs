namespace Zephyr.Quantization;

/// <summary>
/// The 256 values of the 8-bit type that quantises block maxima: a sign, a decimal exponent in unary, a linear fraction of the bits that are left; 0 and 1
/// are exact. Small numbers keep their relative precision, large ones get the finest steps.
/// </summary>
/// <remarks>Source: Dettmers et al. 2022, "8-bit Optimizers via Block-wise Quantization", section 2.2 (dynamic tree quantisation).</remarks>
public static class DynamicTable
{
    private const int Exponents = 7;

    private static readonly float[] Entries = Build();

    private static readonly float[] Midpoints = [.. Entries.Zip(Entries.Skip(1), (low, high) => (float)(((double)low + high) / 2))];

    /// <summary>The values, ascending; a code is a place in this table.</summary>
    public static ReadOnlySpan<float> Values => Entries;

    /// <summary>The code of the nearest value; a tie goes to the lower one.</summary>
    /// <param name="value">−1 to 1.</param>
    public static byte Nearest(float value)
    {
        var at = Midpoints.AsSpan().BinarySearch(value);
        return (byte)(at >= 0 ? at : ~at);
    }

    private static float[] Build()
    {
        var values = new List<float> { 0, 1 };
        for (var exponent = 0; exponent < Exponents; exponent++)
        {
            var parts = 1 << exponent; // the fraction's steps between a tenth and one
            var scale = (float)Math.Pow(10, exponent - Exponents + 1);
            for (var part = 0; part < parts; part++)
            {
                var mean = (Boundary(part, parts) + Boundary(part + 1, parts)) / 2f;
                values.Add(scale * mean);
                values.Add(-scale * mean);
            }
        }

        return [.. values.Order()];
    }

    /// <summary>Boundary i of equal parts of 0.1 … 1 in fp32, counted from the nearer end, as the reference's library does.</summary>
    private static float Boundary(int i, int parts)
    {
        var step = (1f - 0.1f) / parts;
        return i < (parts + 1) / 2 ? MathF.FusedMultiplyAdd(step, i, 0.1f) : MathF.FusedMultiplyAdd(-step, parts - i, 1f);
    }
}
