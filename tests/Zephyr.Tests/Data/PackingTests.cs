using System.Text.Json;
using CsCheck;
using Zephyr.Data;

namespace Zephyr.Tests.Data;

public class PackingTests
{
    public static TheoryData<int, string> Lines =>
        [.. GoldenFiles.Lines("small", "packing.jsonl").Select((line, i) => (i, $"{line.GetProperty("strategy")} of {line.GetProperty("lengths").GetArrayLength()}"))];

    [Theory]
    [Trait("Golden", "yes")]
    [MemberData(nameof(Lines))]
    public void Equals_the_reference_packing(int index, string layout)
    {
        var line = GoldenFiles.Lines("small", "packing.jsonl").ElementAt(index);
        var length = line.GetProperty("seq_length").GetInt32();
        // The reference packs 1,000 documents at a time.
        var rows = Numbered(Ints(line.GetProperty("lengths"))).Chunk(1000).SelectMany(documents => line.GetProperty("strategy").GetString() switch
        {
            "wrapped" => Packing.Wrapped(documents, length),
            "bfd" => Packing.BestFitDecreasing(documents, length),
            "bfd_split" => Packing.BestFitDecreasing(documents, length, split: true),
            _ => throw new InvalidDataException($"{layout} is no known strategy."),
        }).ToList();

        var expected = line.GetProperty("rows").EnumerateArray().Select(Ids).ToList();
        Assert.Equal(expected, rows.Select(row => row.Ids));
        if (line.TryGetProperty("seq_lengths", out var lengths))
        {
            Assert.Equal(lengths.EnumerateArray().Select(Ints), rows.Select(row => row.Documents!.ToArray()));
        }
    }

    [Fact]
    public void Wrapped_cuts_the_stream_and_keeps_the_tail() =>
        Assert.Equal<int[]>([[1, 2, 3], [4, 5, 6], [7, 8]], Rows(Packing.Wrapped(Documents([1, 2, 3], [4, 5, 6, 7], [8]), 3)));

    [Fact]
    public void Best_fit_fills_the_fullest_row_first()
    {
        var rows = Packing.BestFitDecreasing(Documents([1, 2, 3], [4, 5, 6, 7], [8]), 4);

        Assert.Equal<int[]>([[4, 5, 6, 7], [1, 2, 3, 8]], Rows(rows));
        Assert.Equal<int[]>([[4], [3, 1]], [.. rows.Select(row => row.Documents!.ToArray())]);
    }

    [Fact]
    public void Best_fit_cuts_a_document_longer_than_a_row() =>
        Assert.Equal<int[]>([[1, 2, 3, 4], [8, 9, 10, 11], [6, 7, 12]], Rows(Packing.BestFitDecreasing(Documents([1, 2, 3, 4, 5], [6, 7], [8, 9, 10, 11], [12]), 4)));

    [Fact]
    public void Best_fit_with_split_packs_the_rest_as_well()
    {
        var rows = Packing.BestFitDecreasing(Documents([1, 2, 3, 4, 5], [6, 7], [8, 9, 10, 11], [12]), 4, split: true);
        Assert.Equal<int[]>([[1, 2, 3, 4], [8, 9, 10, 11], [6, 7, 5, 12]], Rows(rows));
        Assert.Equal<int[]>([[4], [4], [2, 1, 1]], [.. rows.Select(row => row.Documents!.ToArray())]);

        Assert.Equal<int[]>(
            [[1, 2, 3, 4, 5], [7, 8, 9, 10, 6], [11, 12, 13]],
            Rows(Packing.BestFitDecreasing(Documents([1, 2, 3, 4, 5], [6], [7, 8, 9, 10], [11, 12, 13]), 5, split: true)));
    }

    [Fact]
    public void First_token_of_a_packed_document_is_no_target()
    {
        var row = Packing.BestFitDecreasing(Documents([1, 2, 3], [4, 5, 6, 7], [8, 9]), 9)[0];

        Assert.Equal([1, 2, 3, 5, 6, 8], row.Targets());
    }

    [Fact]
    public void Masks_travel_with_their_tokens()
    {
        TokenizedExample[] documents = [new([1, 2, 3], [false, false, true]), new([4, 5], [false, true])];

        Assert.All<TokenizedExample>(
            [.. Packing.Wrapped(documents, 4), .. Packing.BestFitDecreasing(documents, 8)],
            row => Assert.Equal(row.Ids.Select(id => id is 3 or 5), row.Learned));
    }

    [Fact]
    public void Trl074_ends_every_document_and_drops_the_tail_of_each_buffer()
    {
        // Two rows of four tokens at one character a token: a buffer closes once it has eight characters.
        (int[], int)[] documents = [([1, 10, 11], 5), ([1, 12, 13, 14, 15], 5), ([1, 16], 1), ([1, 17, 18, 19], 4)];

        var rows = Packing.Trl074(documents, length: 4, endId: 2, rowsPerBuffer: 2, charactersPerToken: 1);

        Assert.Equal<int[]>([[1, 10, 11, 2], [1, 12, 13, 14], /* 15, 2 dropped */ [1, 16, 2, 1], [17, 18, 19, 2]], Rows(rows));
    }

    [Fact]
    public void Every_token_is_packed_once_and_no_row_is_too_long() =>
        Gen.Select(Gen.Int[1, 40].Array[1, 60], Gen.Int[2, 48]).Sample((lengths, capacity) =>
        {
            var rows = Packing.BestFitDecreasing(Numbered(lengths), capacity, split: true);
            Assert.All(rows, row => Assert.InRange(row.Ids.Length, 1, capacity));
            Assert.Equal(Enumerable.Range(0, lengths.Sum()), rows.SelectMany(row => row.Ids).Order());
        });

    [Fact]
    public void A_document_without_tokens_is_refused() =>
        Assert.Throws<ArgumentException>(() => Packing.BestFitDecreasing(Documents([1], []), 4));

    private static TokenizedExample[] Documents(params int[][] documents) => [.. documents.Select(TokenizedExample.AllLearned)];

    /// <summary>Documents of given lengths whose n-th token of all has id n.</summary>
    private static IEnumerable<TokenizedExample> Numbered(int[] lengths)
    {
        var next = 0;
        foreach (var length in lengths)
        {
            yield return TokenizedExample.AllLearned([.. Enumerable.Range(next, length)]);
            next += length;
        }
    }

    private static int[] Ids(JsonElement ranges) => [.. ranges.EnumerateArray().SelectMany(range => Enumerable.Range(range[0].GetInt32(), range[1].GetInt32() - range[0].GetInt32() + 1))];

    private static int[] Ints(JsonElement numbers) => [.. numbers.EnumerateArray().Select(number => number.GetInt32())];

    private static int[][] Rows(IEnumerable<TokenizedExample> rows) => [.. rows.Select(row => row.Ids)];
}
