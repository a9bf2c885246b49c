using Zephyr.Data;
using static TorchSharp.torch;

namespace Zephyr.Tests.Data;

public class BatchTests
{
    [Fact]
    public void Rows_are_padded_on_the_right_and_padding_is_no_target()
    {
        var batch = SftBatch.Of([TokenizedExample.AllLearned([1, 2, 3]), TokenizedExample.AllLearned([4, 5])]);

        Assert.Equal([1, 2, 3, 4, 5, 0], Longs(batch.Ids));
        Assert.Equal([-100, 2, 3, -100, 5, -100], Longs(batch.Labels));
        Assert.Equal((5, null), (batch.Tokens, batch.Layout));
    }

    [Fact]
    public void Padding_with_the_end_id_leaves_the_real_end_a_target()
    {
        var batch = SftBatch.Of([TokenizedExample.AllLearned([1, 7, 8, 2]), TokenizedExample.AllLearned([1, 2])], padId: 2);

        Assert.Equal([-100, 7, 8, 2, -100, 2, -100, -100], Longs(batch.Labels));
    }

    [Fact]
    public void Picked_out_targets_are_the_labels_one_position_earlier()
    {
        var batch = SftBatch.Of([new([5, 6, 7, 8], [true, false, true, true]), new([9, 10, 11], [false, true, true]) { Documents = [1, 2] }]);

        Assert.Equal([1, 2, 5], Longs(batch.Learned.Positions)); // 10 begins a document
        Assert.Equal([7, 8, 11], Longs(batch.Learned.Targets));
        Assert.Equal([0, 0, 1], Longs(batch.Learned.Rows));
        Assert.Equal(3, batch.Learned.Count);
    }

    [Fact]
    public void Packed_rows_carry_their_documents_and_positions_restart()
    {
        var batch = SftBatch.Of([new([1, 2, 3, 4], [true, true, true, true]) { Documents = [1, 3] }, TokenizedExample.AllLearned([5, 6])]);

        Assert.Equal([1, 2, 2, 2, 1, 1, 0, 0], Longs(batch.Layout!.Documents!));
        Assert.Equal([0, 0, 1, 2, 0, 1, 0, 0], Longs(batch.Layout.Positions));
    }

    [Fact]
    public void Pairs_stand_chosen_first_as_the_reference_collator_lays_them()
    {
        var batch = PairBatch.Of([new([1, 2, 3], [4, 5], [6]), new([7, 8], [9, 10], [11, 12, 13])]);

        Assert.Equal([1, 2, 3, 4, 5, 7, 8, 9, 10, 0, 1, 2, 3, 6, 0, 7, 8, 11, 12, 13], Longs(batch.Ids));
        long[] completion = [0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1];
        Assert.Equal<long>(completion, Longs(batch.Labels).Select(label => label < 0 ? 0L : 1L));
        Assert.Equal([2, 2], batch.ChosenTokens);
        Assert.Equal([1, 3], batch.RejectedTokens);
    }

    [Fact]
    public void Truncation_keeps_the_start_and_drops_pairs_without_room()
    {
        var pairs = TokenizedPair.Truncate([new([1, 2, 3], [4, 5, 6], [7]), new([1, 2, 3, 4, 5], [6], [7])], 5);

        var pair = Assert.Single(pairs.Rows);
        Assert.Equal([4, 5], pair.Chosen);
        Assert.Equal([7], pair.Rejected);
        Assert.Equal(1, pairs.Cut);
        Assert.Equal(1, Assert.Single(pairs.Dropped).Index);
        Assert.Contains("5 ids, the limit is 5", pairs.Dropped[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_that_disagrees_with_its_ids_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => SftBatch.Of([new([1, 2, 3], [true, true])]));

        Assert.Contains("3 ids", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PairBatch.Of([new([1], [], [2])]));
    }

    private static long[] Longs(Tensor values) => values.data<long>().ToArray();
}
