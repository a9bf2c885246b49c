namespace Zephyr.Generation;

/// <summary>The tokens that a sampler may draw next, after all filters.</summary>
/// <param name="Ids">The tokens, in rising order.</param>
/// <param name="Logits">Their logits, after repetition penalty and temperature.</param>
/// <param name="Probabilities">Their probabilities among each other; the sum is 1.</param>
public sealed record Candidates(int[] Ids, float[] Logits, double[] Probabilities)
{
    /// <summary>Filters a distribution. Knows no tensors.</summary>
    /// <param name="logits">Unnormalised scores of every token, <c>[vocab]</c>.</param>
    /// <param name="history">Tokens of prompt and reply so far, for the repetition penalty.</param>
    /// <param name="options">The filters. A temperature of 0 leaves the likeliest token, the first of equals.</param>
    /// <exception cref="InvalidOperationException">A logit is not a number.</exception>
    public static Candidates Of(ReadOnlySpan<float> logits, ReadOnlySpan<int> history, SamplingOptions options)
    {
        var scores = logits.ToArray();
        Penalise(scores, history, (float)options.RepetitionPenalty);
        if (options.Temperature == 0)
        {
            var best = Largest(scores);
            return new([best], [scores[best]], [1]);
        }

        for (var id = 0; id < scores.Length; id++)
        {
            scores[id] /= (float)options.Temperature;
        }

        _ = Largest(scores);
        var kept = new int[scores.Length];
        for (var id = 0; id < kept.Length; id++)
        {
            kept[id] = id;
        }

        kept = TopK(kept, scores, options.TopK);
        kept = TopP(kept, scores, options.TopP);
        kept = MinP(kept, scores, options.MinP);
        return new(kept, Array.ConvertAll(kept, id => scores[id]), Softmax(kept, scores));
    }

    /// <summary>The candidate at a point of the line from 0 to 1 on which each takes up its probability.</summary>
    /// <param name="uniform">From 0 to 1, 1 excluded.</param>
    public int At(double uniform)
    {
        var left = uniform;
        for (var i = 0; i < Ids.Length - 1; i++)
        {
            left -= Probabilities[i];
            if (left < 0)
            {
                return Ids[i];
            }
        }

        return Ids[^1];
    }

    private static void Penalise(float[] scores, ReadOnlySpan<int> history, float penalty)
    {
        if (penalty == 1)
        {
            return;
        }

        foreach (var id in new HashSet<int>(history.ToArray()))
        {
            scores[id] = scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty;
        }
    }

    private static int Largest(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var id = 0; id < scores.Length; id++)
        {
            if (float.IsNaN(scores[id]))
            {
                throw new InvalidOperationException($"The logit of token {id} is not a number: the model's weights or its input are broken.");
            }

            best = scores[id] > scores[best] ? id : best;
        }

        return best;
    }

    private static int[] TopK(int[] kept, float[] scores, int? count)
    {
        if (count is not { } wanted || wanted >= kept.Length)
        {
            return kept;
        }

        var best = new PriorityQueue<float, float>(wanted); // the least of the best on top
        foreach (var id in kept)
        {
            if (best.Count < wanted)
            {
                best.Enqueue(scores[id], scores[id]);
            }
            else if (scores[id] > best.Peek())
            {
                best.EnqueueDequeue(scores[id], scores[id]);
            }
        }

        var least = best.Peek();
        return Array.FindAll(kept, id => scores[id] >= least);
    }

    /// <summary>Drops tokens from the least likely on, while those dropped make up no more than 1 − p together.</summary>
    private static int[] TopP(int[] kept, float[] scores, double? share)
    {
        if (share is not { } wanted || wanted >= 1)
        {
            return kept;
        }

        var probabilities = Softmax(kept, scores);
        var order = Enumerable.Range(0, kept.Length).ToArray();
        Array.Sort(Array.ConvertAll(kept, id => scores[id]), order);
        var (dropped, sum) = (0, 0.0);
        while (dropped < order.Length - 1 && (sum += probabilities[order[dropped]]) <= 1 - wanted)
        {
            dropped++;
        }

        int[] left = [.. order.Skip(dropped).Select(index => kept[index])];
        Array.Sort(left);
        return left;
    }

    private static int[] MinP(int[] kept, float[] scores, double? share)
    {
        if (share is not { } wanted)
        {
            return kept;
        }

        var probabilities = Softmax(kept, scores);
        var least = probabilities.Max() * wanted;
        return [.. kept.Where((_, index) => probabilities[index] >= least)];
    }

    private static double[] Softmax(int[] kept, float[] scores)
    {
        var largest = double.NegativeInfinity;
        foreach (var id in kept)
        {
            largest = Math.Max(largest, scores[id]);
        }

        var (weights, sum) = (new double[kept.Length], 0.0);
        for (var i = 0; i < kept.Length; i++)
        {
            sum += weights[i] = Math.Exp(scores[kept[i]] - largest);
        }

        for (var i = 0; i < kept.Length; i++)
        {
            weights[i] /= sum;
        }

        return weights;
    }
}
