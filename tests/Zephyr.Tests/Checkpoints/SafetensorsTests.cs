using System.Buffers.Binary;
using System.Text;
using Zephyr.Checkpoints;
using Zephyr.Files;
using static TorchSharp.torch;

namespace Zephyr.Tests.Checkpoints;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> GoldenModels => GoldenFiles.Cases("model", "truth.safetensors");

    /// <summary>A header, the number of data bytes that follow, and a word of the complaint.</summary>
    public static TheoryData<string, int, string> Broken => new()
    {
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "cover 8" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "cover 8" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "a gap" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}""", 20, "a gap" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "an overlap" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "not its size" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "not its size" },
        { """{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "not its size" },
        { """{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,8]}}""", 8, "not its size" },
        { """{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", 8, "99999999999999999999" },
        { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "-2" },
        { """{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", 8, "2.0" },
        { """{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", 8, "F31" },
        { """{"a":{"dtype":"F32","shape":[2]}}""", 8, "data_offsets" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}""", 8, "3 data_offsets" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "header" },
        { """{"__metadata__":{"a":1}}""", 0, "metadata" },
        { """{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "header" },
        { """ {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "begin with {" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", 8, "header" },
        { """{} x""", 0, "header" },
        { "", 0, "begin with {" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_file_that_breaks_the_format_is_refused(string header, int data, string word)
    {
        var path = Write(Encoding.UTF8.GetBytes(header), data);

        var error = Assert.Throws<InvalidDataException>(() => Safetensors.Read(path));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_is_too_long_or_not_there_is_refused()
    {
        Assert.Contains("8 bytes of header length", Refusal([1, 2, 3]), StringComparison.Ordinal);
        Assert.Contains("only 2 follow", Refusal([3, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']), StringComparison.Ordinal);
        Assert.Contains("the format allows 100000000", Refusal([1, 0xe1, 0xf5, 5, 0, 0, 0, 0, (byte)'{', (byte)'}']), StringComparison.Ordinal);
        Assert.Contains("the format allows 100000000", Refusal([255, 255, 255, 255, 255, 255, 255, 255, (byte)'{', (byte)'}']), StringComparison.Ordinal);
        Assert.Contains("header", Refusal([4, 0, 0, 0, 0, 0, 0, 0, (byte)'{', 0xff, 0xfe, (byte)'}']), StringComparison.Ordinal);

        string Refusal(byte[] bytes)
        {
            File.WriteAllBytes(_folder.At("broken"), bytes);
            return Assert.Throws<InvalidDataException>(() => SafetensorsHeader.Read(_folder.At("broken"))).Message;
        }
    }

    [Fact]
    public void An_empty_file_empty_tensors_and_single_numbers_are_read()
    {
        Assert.Empty(Safetensors.Read(Write("{}"u8.ToArray(), 0)));

        var read = Safetensors.Read(Write("""{"e":{"dtype":"I64","shape":[0,3],"data_offsets":[0,0]},"s":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}  """u8.ToArray(), 1));

        Assert.Equal([0L, 3L], read["e"].shape);
        Assert.Equal((0L, 0), (read["s"].dim(), read["s"].item<byte>()));
    }

    [Fact]
    public void Every_type_survives_and_the_order_of_the_dictionary_does_not_matter()
    {
        using var scope = NewDisposeScope();
        var numbers = arange(6, ScalarType.Float32).reshape(2, 3) - 2;
        var tensors = new[] { ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16, ScalarType.Float16, ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Bool }
            .ToDictionary(type => $"as {type} \"quoted\" ß", type => numbers.to(type));
        tensors["a view"] = numbers.t();
        var metadata = new Dictionary<string, string> { ["z"] = "last", ["a"] = "first" };

        Safetensors.Write(_folder.At("one"), tensors, metadata);
        Safetensors.Write(_folder.At("two"), tensors.Reverse().ToDictionary(), metadata.Reverse().ToDictionary());

        Assert.Equal(File.ReadAllBytes(_folder.At("one")), File.ReadAllBytes(_folder.At("two")));
        var read = Safetensors.Read(_folder.At("one"));
        Assert.Equal(tensors.Keys.Order(), read.Keys.Order());
        Assert.All(tensors, pair =>
        {
            Assert.Equal(pair.Value.dtype, read[pair.Key].dtype);
            Assert.True(pair.Value.eq(read[pair.Key]).all().item<bool>(), pair.Key);
        });
        Assert.Equal(metadata, SafetensorsHeader.Read(_folder.At("one")).Metadata);
    }

    /// <summary>The golden files were written by the format's own library.</summary>
    [Theory]
    [MemberData(nameof(GoldenModels))]
    [Trait("Golden", "yes")]
    public void Writing_what_was_read_gives_the_bytes_of_the_formats_own_library(string name)
    {
        foreach (var path in Directory.GetFiles(GoldenFiles.At("model", name), "*.safetensors", SearchOption.AllDirectories))
        {
            var metadata = SafetensorsHeader.Read(path).Metadata;
            Safetensors.Write(_folder.At("again"), Safetensors.Read(path), metadata.Count > 0 ? metadata : null);
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(_folder.At("again")));
        }
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_beside_it()
    {
        File.WriteAllText(_folder.At("file"), "old");

        Assert.Throws<ArgumentException>(() => Safetensors.Write(_folder.At("file"), new Dictionary<string, Tensor> { ["c"] = zeros(1, ScalarType.ComplexFloat32) }));
        Assert.Throws<IOException>(() => AtomicFile.Write(_folder.At("file"), _ => throw new IOException("disk full")));

        Assert.Equal("old", File.ReadAllText(_folder.At("file")));
        Assert.Single(Directory.GetFiles(_folder.At()));
    }

    public void Dispose() => _folder.Dispose();

    private string Write(byte[] header, int data)
    {
        var bytes = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        File.WriteAllBytes(_folder.At("file.safetensors"), bytes);
        return _folder.At("file.safetensors");
    }
}
