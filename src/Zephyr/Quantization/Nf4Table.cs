namespace Zephyr.Quantization;

/// <summary>The sixteen values of NormalFloat4: quantiles of a normal distribution scaled to −1 … 1, with an exact 0.</summary>
/// <remarks>Source: Dettmers et al. 2023, "QLoRA", section 3 and appendix E.</remarks>
public static class Nf4Table
{
    private static readonly float[] Entries =
    [
        -1f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0f,
        0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1f,
    ];

    private static readonly float[] Steps = [.. Enumerable.Range(0, Entries.Length - 1).Select(FirstNearerToNext)];

    /// <summary>The values, ascending; a code is a place in this table.</summary>
    public static ReadOnlySpan<float> Values => Entries;

    /// <summary>The code of a number is how many of these fifteen it reaches; not a number reaches none.</summary>
    internal static ReadOnlySpan<float> Thresholds => Steps;

    /// <summary>
    /// The smallest fp32 number whose distance, computed in fp32, to entry k + 1 is smaller than to entry k. A tie goes to the lower entry, as a search
    /// for the first smallest distance has it. Found by halving, as the comparison turns once between the two entries.
    /// </summary>
    private static float FirstNearerToNext(int k)
    {
        var (low, high) = (Entries[k], Entries[k + 1]);
        var (near, far) = (low, high);
        while (MathF.BitIncrement(near) < far)
        {
            var middle = near + (far - near) / 2;
            middle = middle <= near ? MathF.BitIncrement(near) : middle;
            (near, far) = MathF.Abs(middle - high) < MathF.Abs(middle - low) ? (near, middle) : (middle, far);
        }

        return far;
    }
}
