namespace Zephyr.Evaluation;

/// <summary>Mean and standard error, in double and in the order of the list.</summary>
internal static class Statistics
{
    public static double Mean(IReadOnlyList<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Count;
    }

    /// <summary>Sample standard deviation (n - 1) over sqrt(n).</summary>
    public static double StandardError(IReadOnlyList<double> values)
    {
        var mean = Mean(values);
        var squares = 0.0;
        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return Math.Sqrt(squares / (values.Count - 1) / values.Count);
    }

    /// <summary>Two lists over the same items: of equal length, not empty, all finite.</summary>
    public static void RequirePairs(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count || first.Count == 0)
        {
            throw new ArgumentException($"{first.Count} values against {second.Count}: a paired comparison needs one of each for every item, and at least one item.");
        }

        for (var i = 0; i < first.Count; i++)
        {
            if (!double.IsFinite(first[i]) || !double.IsFinite(second[i]))
            {
                throw new ArgumentException($"Item {i} compares {first[i]} with {second[i]}: both must be finite. Look for the step or reply that made it.");
            }
        }
    }
}
