using System.Runtime.Intrinsics;
using Zephyr.Runtime.Host;
using static TorchSharp.torch;

namespace Zephyr.Tests.Runtime;

/// <summary>What the managed kernels are written in, against the C library's exponential in double and against Torch's own rounding.</summary>
public sealed unsafe class LanesTests
{
    public LanesTests() => Assert.SkipUnless(Lanes.IsSupported, "the managed kernels need AVX-512");

    [Fact]
    public void The_exponential_is_within_three_parts_in_ten_million()
    {
        for (var x = -87f; x < 88.5f; x += 0.00371f)
        {
            var wanted = Math.Exp(x);
            Assert.InRange(Lanes.Exp(Vector512.Create(x))[5], wanted * (1 - 3e-7), wanted * (1 + 3e-7));
        }

        Assert.Equal([0, 0, 1, float.PositiveInfinity, float.PositiveInfinity], new[] { float.NegativeInfinity, -120, 0, 100, float.PositiveInfinity }.Select(x => Lanes.Exp(Vector512.Create(x))[0]));
        Assert.True(float.IsNaN(Lanes.Exp(Vector512.Create(float.NaN))[0]));
    }

    [Fact]
    public void Every_bf16_number_comes_back_as_it_was()
    {
        var row = stackalloc ushort[Lanes.Width];
        for (var bits = 0; bits < 1 << 16; bits++)
        {
            new Span<ushort>(row, Lanes.Width).Fill((ushort)bits);
            Lanes.Store(Lanes.Load(row), row);
            var wanted = float.IsNaN(Lanes.One((ushort)bits)) ? (ushort)0x7FC0 : (ushort)bits;
            Assert.Equal((wanted, wanted), (row[bits % Lanes.Width], Lanes.One(Lanes.One((ushort)bits))));
        }
    }

    [Fact]
    public void Rounding_is_Torch_s()
    {
        using var scope = NewDisposeScope();
        var numbers = (arange(1 << 12, ScalarType.Float32) * 0.37f).sin() * 1e3f;
        var bits = numbers.to(ScalarType.BFloat16).to(ScalarType.Float32).data<float>().ToArray();
        var given = numbers.data<float>().ToArray();
        var row = stackalloc ushort[Lanes.Width];
        for (var i = 0; i < given.Length; i += Lanes.Width)
        {
            Lanes.Store(Vector512.Create(given.AsSpan(i, Lanes.Width)), row);
            for (var lane = 0; lane < Lanes.Width; lane++)
            {
                Assert.Equal((bits[i + lane], bits[i + lane]), (Lanes.One(row[lane]), Lanes.One(Lanes.One(given[i + lane]))));
            }
        }
    }
}
