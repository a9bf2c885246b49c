using Zephyr.Model;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Tests.Model;

public sealed class TokenLayoutTests
{
    [Fact]
    public void Positions_begin_with_the_text_and_with_each_document()
    {
        using var scope = NewDisposeScope();

        Assert.Equal([0, 0, 0, 1, 0, 1, 2, 3], Positions(TokenLayout.Padded(Close.Rows([0, 0, 1, 1], [1, 1, 1, 1]))));
        Assert.Equal([0, 1, 0, 0, 1, 2, 0, 0], Positions(TokenLayout.Packed(Close.Rows([7, 7, 3, 9, 9, 9, 0, 0]))));
    }

    [Fact]
    public void Padding_on_the_right_alone_needs_no_mask()
    {
        using var scope = NewDisposeScope();

        Assert.Null(TokenLayout.Padded(Close.Rows([1, 1, 0], [1, 1, 1])).Documents);
        Assert.True(TokenLayout.Padded(Close.Rows([1, 1, 0], [1, 1, 1])).IsPaddedRight);
        Assert.NotNull(TokenLayout.Padded(Close.Rows([0, 1, 1], [1, 1, 1])).Documents);
        Assert.Contains("inside its text", Assert.Throws<ArgumentException>(() => TokenLayout.Padded(Close.Rows([1, 0, 1]))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TokenLayout.Padded(ones(3)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3)]
    public void A_mask_shows_what_is_before_in_the_same_document_and_within_the_window(int? window)
    {
        using var scope = NewDisposeScope();
        int[][] documents = [[1, 1, 1, 1, 2, 2], [0, 0, 5, 5, 5, 5]];
        const int Time = 4; // the last four are queries

        var mask = AttentionMask.WithinDocuments(Close.Rows(documents), Time, window, ScalarType.Float32).Additive;

        Assert.Equal([2, Time, 6], mask.shape);
        for (var row = 0; row < 2; row++)
        {
            for (var t = 0; t < Time; t++)
            {
                for (var key = 0; key < 6; key++)
                {
                    var query = 6 - Time + t;
                    var visible = key <= query && query - key < (window ?? 99) && documents[row][key] != 0 && documents[row][key] == documents[row][query];
                    Assert.Equal(visible ? 0f : -1e9f, mask[row, t, key].item<float>());
                }
            }
        }
    }

    [Fact]
    public void Only_the_mask_of_whole_plain_rows_is_plain_causal()
    {
        using var scope = NewDisposeScope();

        Assert.True(AttentionMask.Causal(4, 4, null, ScalarType.Float32, CPU).IsPlainCausal);
        Assert.True(AttentionMask.Causal(4, 4, 4, ScalarType.Float32, CPU).IsPlainCausal);
        Assert.False(AttentionMask.Causal(4, 4, 3, ScalarType.Float32, CPU).IsPlainCausal);
        Assert.False(AttentionMask.Causal(2, 4, null, ScalarType.Float32, CPU).IsPlainCausal);
    }

    private static long[] Positions(TokenLayout layout) => layout.Positions.data<long>().ToArray();
}
