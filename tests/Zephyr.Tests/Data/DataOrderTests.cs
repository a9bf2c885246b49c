using Zephyr.Data;

namespace Zephyr.Tests.Data;

public class DataOrderTests
{
    [Fact]
    public void Every_epoch_takes_every_row_once_in_its_own_order()
    {
        var (first, second) = (DataOrder.Epoch(100, 7, 0), DataOrder.Epoch(100, 7, 1));

        Assert.Equal(Enumerable.Range(0, 100), first.Order());
        Assert.Equal(Enumerable.Range(0, 100), second.Order());
        Assert.NotEqual(first, second);
        Assert.NotEqual(first, DataOrder.Epoch(100, 8, 0));
    }

    [Fact]
    public void Order_does_not_depend_on_what_was_asked_before()
    {
        var before = DataOrder.Epoch(50, 3, 4);
        DataOrder.Epoch(50, 3, 0);

        Assert.Equal(before, DataOrder.Epoch(50, 3, 4));
    }

    [Fact]
    public void Without_a_seed_rows_come_in_file_order() => Assert.Equal([0, 1, 2, 3], DataOrder.Epoch(4, null, 5));

    [Fact]
    public void A_step_takes_its_batches_in_turn_and_an_epoch_ends_short()
    {
        int[][][] steps = [.. Enumerable.Range(1, 4).Select(step => DataOrder.Step(7, null, step, batch: 2, accumulation: 2))];

        Assert.Equal(2, DataOrder.StepsPerEpoch(7, 2, 2));
        Assert.Equal<int[]>([[0, 1], [2, 3]], steps[0]);
        Assert.Equal<int[]>([[4, 5], [6]], steps[1]);
        Assert.Equal(steps[..2], steps[2..]);
    }

    [Fact]
    public void The_steps_of_an_epoch_are_its_order_cut_up()
    {
        var steps = Enumerable.Range(4, 3).SelectMany(step => DataOrder.Step(11, 9, step, batch: 4)).SelectMany(batch => batch);

        Assert.Equal(DataOrder.Epoch(11, 9, 1), steps);
    }
}
