namespace Zephyr.Data;

/// <summary>Best-fit decreasing bin packing of lengths.</summary>
internal static class BestFitRows
{
    /// <summary>Which lengths share a row: longest first (equal ones in given order), each into the row with the least room that suffices, of those the oldest.</summary>
    public static List<List<int>> Of(int[] lengths, int capacity)
    {
        var rows = new List<List<int>>();
        var byRoom = new Queue<List<int>>?[capacity + 1];
        var rooms = new SortedSet<int>();
        foreach (var index in Enumerable.Range(0, lengths.Length).OrderByDescending(i => lengths[i])) // a stable sort
        {
            var length = lengths[index];
            var room = capacity;
            List<int> row;
            if (rooms.GetViewBetween(length, capacity) is { Count: > 0 } fitting)
            {
                room = fitting.Min;
                row = byRoom[room]!.Dequeue();
                if (byRoom[room]!.Count == 0)
                {
                    rooms.Remove(room);
                }
            }
            else
            {
                rows.Add(row = []);
            }

            row.Add(index);
            var left = room - length;
            if (left > 0)
            {
                (byRoom[left] ??= new()).Enqueue(row);
                rooms.Add(left);
            }
        }

        return rows;
    }
}
