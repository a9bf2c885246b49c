using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Data;

/// <summary>Rows as tensors, padded on the right to the longest. Tensors are born here and die with the caller's dispose scope.</summary>
/// <param name="Ids">Token ids, <c>[batch, time]</c> int64.</param>
/// <param name="Labels">The ids again where they are targets, −100 elsewhere, <c>[batch, time]</c> int64; position t predicts label t + 1.</param>
/// <param name="Layout">Documents of packed rows, or hidden tokens; null where a row is one document: padding on the right is never seen by what stands before it.</param>
/// <param name="Learned">The targets, picked out.</param>
/// <param name="Tokens">How many tokens there are, padding not counted.</param>
public sealed record SftBatch(Tensor Ids, Tensor Labels, TokenLayout? Layout, LearnedTokens Learned, int Tokens)
{
    private const long Ignored = -100;

    /// <summary>Makes the tensors of a batch.</summary>
    /// <param name="rows">The rows, packed or not.</param>
    /// <param name="device">Where the tensors live; null is the CPU.</param>
    /// <param name="padId">The id that fills short rows; never a target.</param>
    /// <exception cref="ArgumentException">There are no rows, or a row's mask or documents disagree with its ids.</exception>
    public static SftBatch Of(IReadOnlyList<TokenizedExample> rows, Device? device = null, int padId = 0)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0)
        {
            throw new ArgumentException("A batch needs at least one row.", nameof(rows));
        }

        var time = rows.Max(row => row.Ids.Length);
        var (ids, labels) = (new long[rows.Count * time], new long[rows.Count * time]);
        Array.Fill(ids, padId);
        Array.Fill(labels, Ignored);
        var (positions, targets, owners) = (new List<long>(), new List<long>(), new List<long>());
        for (var row = 0; row < rows.Count; row++)
        {
            var start = row * time;
            for (var position = 0; position < rows[row].Ids.Length; position++)
            {
                ids[start + position] = rows[row].Ids[position];
            }

            foreach (var target in rows[row].Targets())
            {
                labels[start + target] = ids[start + target];
                positions.Add(start + target - 1);
                targets.Add(ids[start + target]);
                owners.Add(row);
            }
        }

        long[] shape = [rows.Count, time];
        Tensor Vector(List<long> numbers) => tensor(numbers.ToArray(), device: device);
        return new(
            tensor(ids, shape, device: device),
            tensor(labels, shape, device: device),
            LayoutOf(rows, time, device),
            new(Vector(positions), Vector(targets), Vector(owners), targets.Count),
            rows.Sum(row => row.Ids.Length));
    }

    private static TokenLayout? LayoutOf(IReadOnlyList<TokenizedExample> rows, int time, Device? device)
    {
        Tensor Table(long[] marks) => tensor(marks, [rows.Count, time], device: device);
        return (rows.Any(row => row.Seen is not null), rows.Any(row => row.Documents is not null)) switch
        {
            (true, true) => throw new ArgumentException("A batch has rows with hidden tokens and packed rows: put them into batches of their own.", nameof(rows)),
            (true, _) => TokenLayout.Hiding(Table(Seen(rows, time))),
            (_, true) => TokenLayout.Packed(Table(Documents(rows, time))),
            _ => null,
        };
    }

    /// <summary>1 on each token that may be read; 0 on hidden ones and padding.</summary>
    private static long[] Seen(IReadOnlyList<TokenizedExample> rows, int time) =>
        [.. rows.SelectMany(row => Enumerable.Range(0, time).Select(position => position < row.Ids.Length && (row.Seen?[position] ?? true) ? 1L : 0))];

    /// <summary>The number of each token's document, counted from 1 in its row; 0 on padding.</summary>
    private static long[] Documents(IReadOnlyList<TokenizedExample> rows, int time)
    {
        var numbers = new long[rows.Count * time];
        for (var row = 0; row < rows.Count; row++)
        {
            var (next, document) = (row * time, 0);
            foreach (var length in rows[row].Documents ?? [rows[row].Ids.Length])
            {
                numbers.AsSpan(next, length).Fill(++document);
                next += length;
            }
        }

        return numbers;
    }
}
