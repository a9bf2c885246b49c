using Zephyr.Rows;

namespace Zephyr.Data;

/// <summary>In which order rows are taken: a pure function of seed and epoch, so that a stopped run goes on exactly where it was.</summary>
public static class DataOrder
{
    /// <summary>The rows of one epoch in the order they are taken.</summary>
    /// <param name="count">How many rows there are.</param>
    /// <param name="seed">The run's seed; null keeps the order of the file.</param>
    /// <param name="epoch">Which time through the rows, from 0.</param>
    /// <returns>Each of 0 to <paramref name="count"/> − 1 once.</returns>
    public static int[] Epoch(int count, long? seed, int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);

        int[] order = [.. Enumerable.Range(0, count)];
        if (seed is { } given)
        {
            new SplitMix(SplitMix.Mix(given, epoch)).Shuffle<int>(order);
        }

        return order;
    }

    /// <summary>How many optimizer steps an epoch has: a step takes <paramref name="batch"/> · <paramref name="accumulation"/> rows, the last one what is left.</summary>
    public static int StepsPerEpoch(int count, int batch, int accumulation = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(accumulation, 1);
        var rows = (long)batch * accumulation;
        return (int)((count + rows - 1) / rows);
    }

    /// <summary>The rows of one step, split into the batches it accumulates over. Epochs do not mix in a step.</summary>
    /// <param name="count">How many rows there are.</param>
    /// <param name="seed">The run's seed; null keeps the order of the file.</param>
    /// <param name="step">The step's number, from 1.</param>
    /// <param name="batch">Rows a batch.</param>
    /// <param name="accumulation">Batches a step.</param>
    public static int[][] Step(int count, long? seed, int step, int batch, int accumulation = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        var perEpoch = StepsPerEpoch(count, batch, accumulation);
        var order = Epoch(count, seed, (step - 1) / perEpoch);
        var first = (step - 1) % perEpoch * batch * accumulation;
        return [.. order.Skip(first).Take(batch * accumulation).Chunk(batch)];
    }
}
