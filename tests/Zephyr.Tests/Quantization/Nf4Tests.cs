using Zephyr.Model;
using Zephyr.Quantization;
using static TorchSharp.torch;

namespace Zephyr.Tests.Quantization;

/// <summary>NF4 against a slow search in double, and what must hold of any weight.</summary>
public class Nf4Tests
{
    public static TheoryData<long, ScalarType> Sizes => new()
    {
        { 1, ScalarType.Float32 }, { 63, ScalarType.BFloat16 }, { 64, ScalarType.Float32 }, { 65, ScalarType.BFloat16 }, { 129, ScalarType.Float32 }, { 300_001, ScalarType.Float32 }, { 300_000, ScalarType.BFloat16 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_code_is_the_nearest_of_the_sixteen(long count, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var weight = randn(count, generator: new Generator(7, CPU)).to(type);
        using var packed = Nf4Tensor.Quantise(weight);
        var (values, codes) = (weight.to(ScalarType.Float32).data<float>().ToArray(), packed.Codes.data<byte>().ToArray());

        for (var block = 0L; block * 64 < count; block++)
        {
            var part = values.AsSpan()[(int)(block * 64)..(int)Math.Min(count, (block + 1) * 64)];
            var largest = part.ToArray().Max(Math.Abs);
            for (var i = 0; i < part.Length; i++)
            {
                var at = block * 64 + i;
                var code = at % 2 == 0 ? codes[at / 2] >> 4 : codes[at / 2] & 15;
                var scaled = part[i] / (double)largest;
                var nearest = Nf4Table.Values.ToArray().Min(value => Math.Abs(value - scaled));
                Assert.True(Math.Abs(Nf4Table.Values[code] - scaled) <= nearest + 1e-7, $"element {at}: {scaled} became {Nf4Table.Values[code]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_kernel_gives_what_plain_tensor_operations_give(long count, ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach (var doubleQuantised in new[] { true, false })
        {
            using var packed = Nf4Tensor.Quantise(randn(count, generator: new Generator(8, CPU)).to(type), doubleQuantised);

            var (kernel, plain) = (packed.Dequantise(), PlainNf4.Dequantise(packed));

            Assert.Equal(plain.bytes.ToArray(), kernel.bytes.ToArray());
            Assert.Equal(type, kernel.dtype);
        }
    }

    [Fact]
    public void A_dequantised_weight_quantises_to_itself()
    {
        using var scope = NewDisposeScope();
        using var once = Nf4Tensor.Quantise(randn(40, 96, generator: new Generator(9, CPU)), doubleQuantised: false);

        using var twice = Nf4Tensor.Quantise(once.Dequantise(), doubleQuantised: false);

        Assert.Equal(once.Codes.data<byte>().ToArray(), twice.Codes.data<byte>().ToArray());
        Assert.Equal(once.Maxima.Values.data<float>().ToArray(), twice.Maxima.Values.data<float>().ToArray());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_number_that_is_not_finite_is_refused_with_its_place(float bad)
    {
        using var scope = NewDisposeScope();
        var weight = ones(4, 64);
        weight[2, 5] = bad;

        var error = Assert.Throws<ArgumentException>(() => Nf4Tensor.Quantise(weight));

        Assert.Contains("between elements 128 and 191", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_with_a_packed_weight_is_the_product_with_the_dequantised_one()
    {
        using var scope = NewDisposeScope();
        using var packed = Nf4Tensor.Quantise(randn(24, 40, generator: new Generator(1, CPU)));
        var (x, y) = (randn(2, 3, 40, generator: new Generator(2, CPU)), randn(2, 3, 24, generator: new Generator(3, CPU)));
        var (ours, plain) = (x.clone().requires_grad_(), x.clone().requires_grad_());

        var product = Nf4Product.Of(ours, packed);
        (product * y).sum().backward();
        var expected = nn.functional.linear(plain, packed.Dequantise());
        (expected * y).sum().backward();

        Assert.Equal(expected.bytes.ToArray(), product.bytes.ToArray());
        Assert.Equal(plain.grad!.bytes.ToArray(), ours.grad!.bytes.ToArray());
    }

    [Fact]
    public void Mistral_7B_takes_four_and_an_eighth_bits_a_weight_by_arithmetic()
    {
        var config = MistralConfig.Mistral7B;
        var attention = 2L * config.HiddenSize * config.HiddenSize + 2L * config.HiddenSize * config.KvHeads * config.HeadSize;
        var weights = config.Layers * (attention + 3L * config.HiddenSize * config.FeedForwardSize);

        var bytes = config.Layers * (2 * Nf4Tensor.BytesFor(4096 * 4096) + 2 * Nf4Tensor.BytesFor(1024 * 4096) + 3 * Nf4Tensor.BytesFor(4096 * 14336));

        // 4 bits, 8 bits a block of 64, 32 bits for each 256 blocks, and one fp32 mean a tensor.
        Assert.Equal(weights * (0.5 + 1.0 / 64 + 4.0 / 64 / 256) + config.Layers * 7 * 4, bytes);
        Assert.Equal(4.127, 8.0 * bytes / weights, tolerance: 1e-3);
    }
}
