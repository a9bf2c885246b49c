using static TorchSharp.torch;

namespace Zephyr.Tests.Model;

/// <summary>Comparisons of tensors whose failure says how far apart they are.</summary>
internal static class Close
{
    public static void To(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        var gap = (expected.to(ScalarType.Float64) - actual.to(ScalarType.Float64)).abs().max().item<double>();
        Assert.True(gap <= tolerance, $"{gap:e2} apart, {tolerance:e0} allowed");
    }

    public static Tensor Rows(params int[][] rows) => stack(rows.Select(row => tensor(row.Select(id => (long)id).ToArray())));
}
