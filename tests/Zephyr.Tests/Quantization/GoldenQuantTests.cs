using Zephyr.Checkpoints;
using Zephyr.Quantization;
using static TorchSharp.torch;

namespace Zephyr.Tests.Quantization;

/// <summary>golden/quant: NF4 and double quantisation as the reference library has them, byte for byte.</summary>
[Trait("Golden", "yes")]
public class GoldenQuantTests
{
    public static TheoryData<string> Cases =>
        [.. Directory.GetFiles(GoldenFiles.At("quant"), "*.safetensors").Select(path => Path.GetFileNameWithoutExtension(path)).Where(name => name != "linear").Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Codes_maxima_tables_and_weights_equal_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var golden = Safetensors.Read(GoldenFiles.At("quant", $"{name}.safetensors"));
        var nested = golden.ContainsKey("nested.absmax");

        using var packed = Nf4Tensor.Quantise(golden["weight"], doubleQuantised: nested);

        Assert.Equal(golden["table"].data<float>().ToArray(), Nf4Table.Values.ToArray());
        Assert.Equal(golden["codes"].data<byte>().ToArray(), packed.Codes.data<byte>().ToArray());
        if (!nested)
        {
            Assert.Equal(golden["absmax"].data<float>().ToArray(), packed.Maxima.Values.data<float>().ToArray());
            Assert.Equal(Bytes(golden["dequantised"]), Bytes(packed.Dequantise()));
            return;
        }

        Assert.Equal(golden["nested.table"].data<float>().ToArray(), DynamicTable.Values.ToArray());
        var offset = golden["nested.offset"].item<float>();
        Assert.True(Math.Abs(offset - packed.Maxima.Offset) <= 1e-6 * Math.Abs(offset), $"{name}: offset {packed.Maxima.Offset:R}, expected {offset:R}");
        Assert.True(allclose(golden["nested.absmax"], packed.Maxima.Scales!, 1e-6, 0), $"{name}: scales differ");
        var same = CheckNestedCodes(name, golden, packed);
        if (same)
        {
            var (expected, actual) = (golden["dequantised"].to(ScalarType.Float32), packed.Dequantise().to(ScalarType.Float32));
            Assert.Equal(golden["dequantised"].dtype, packed.Type);
            Assert.True(allclose(expected, actual, packed.Type == ScalarType.Float32 ? 1e-6 : 8e-3, 0), $"{name}: off by {(expected - actual).abs().max().item<float>():g3}");
        }
    }

    [Fact]
    public void A_quantised_layer_and_its_gradient_equal_the_reference()
    {
        using var scope = NewDisposeScope();
        var golden = Safetensors.Read(GoldenFiles.At("quant", "linear.safetensors"));
        using var packed = Nf4Tensor.Quantise(golden["weight"]);
        var x = golden["x"].requires_grad_();

        var y = Nf4Product.Of(x, packed);
        y.backward([golden["dy"]]);

        Assert.True(allclose(golden["y"], y, 1e-5, 1e-6), $"y is off by {(golden["y"] - y).abs().max().item<float>():g3}");
        Assert.True(allclose(golden["dx"], x.grad!, 1e-5, 1e-6), $"dx is off by {(golden["dx"] - x.grad!).abs().max().item<float>():g3}");
    }

    /// <summary>Ours takes the nearest value; the reference looks numbers up in 65,536 steps and may take the neighbour within 2e-5 of a midpoint.</summary>
    /// <returns>Whether all codes are equal.</returns>
    private static bool CheckNestedCodes(string name, Dictionary<string, Tensor> golden, Nf4Tensor packed)
    {
        var (expected, actual) = (golden["absmax"].data<byte>().ToArray(), packed.Maxima.Values.data<byte>().ToArray());
        using var exact = Nf4Tensor.Quantise(golden["weight"], doubleQuantised: false);
        var maxima = exact.Maxima.Values.data<float>().ToArray();
        var (scales, offset, table) = (golden["nested.absmax"].data<float>().ToArray(), golden["nested.offset"].item<float>(), golden["nested.table"].data<float>().ToArray());
        Assert.Equal(expected.Length, actual.Length);
        for (var block = 0; block < expected.Length; block++)
        {
            if (expected[block] != actual[block])
            {
                var middle = ((double)table[expected[block]] + table[actual[block]]) / 2;
                var value = ((double)maxima[block] - offset) / scales[block / 256];
                Assert.True(
                    Math.Abs(expected[block] - actual[block]) == 1 && Math.Abs(value - middle) <= 2e-5,
                    $"{name}, block {block}: code {actual[block]}, expected {expected[block]}; {value:R} is {Math.Abs(value - middle):g3} from the midpoint");
            }
        }

        return expected.SequenceEqual(actual);
    }

    private static byte[] Bytes(Tensor tensor) => tensor.bytes.ToArray();
}
