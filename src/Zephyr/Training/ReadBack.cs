using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>Numbers out of tensors, in one transfer.</summary>
internal static class ReadBack
{
    /// <summary>All elements as doubles.</summary>
    public static double[] Doubles(this Tensor values)
    {
        using var wide = values.detach().to(ScalarType.Float64).cpu();
        return wide.data<double>().ToArray();
    }
}
