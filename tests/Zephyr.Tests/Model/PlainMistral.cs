using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Tests.Model;

/// <summary>The decoder once more, in doubles and loops, one position after the other: the oracle. Shares no line with the model.</summary>
internal sealed class PlainMistral
{
    private readonly MistralConfig _config;

    public PlainMistral(Mistral model)
    {
        _config = model.Config;
        Weights = model.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.detach().cpu().to(ScalarType.Float64).data<double>().ToArray());
    }

    /// <summary>Row-major weights by published name; a test may change them.</summary>
    public Dictionary<string, double[]> Weights { get; }

    /// <summary>Logits after every token of one row. A token reads its own document only; positions begin anew with each.</summary>
    public double[][] Logits(int[] ids, int[]? documents = null)
    {
        documents ??= [.. ids.Select(_ => 1)];
        var stream = ids.Select(id => Row("model.embed_tokens.weight", id, _config.HiddenSize)).ToArray();
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            var name = $"model.layers.{layer}.";
            var read = Attention(name, [.. stream.Select(x => Norm(x, name + "input_layernorm.weight"))], documents);
            stream = [.. stream.Zip(read, Add)];
            stream = [.. stream.Select(x => Add(x, FeedForward(name, Norm(x, name + "post_attention_layernorm.weight"))))];
        }

        var head = _config.TieEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight";
        return [.. stream.Select(x => Times(head, Norm(x, "model.norm.weight")))];
    }

    /// <summary>Mean −log p of every next token, in nats.</summary>
    public double Loss(int[] ids)
    {
        var logits = Logits(ids);
        var sum = 0.0;
        for (var t = 0; t + 1 < ids.Length; t++)
        {
            var largest = logits[t].Max();
            sum += largest + Math.Log(logits[t].Sum(z => Math.Exp(z - largest))) - logits[t][ids[t + 1]];
        }

        return sum / (ids.Length - 1);
    }

    private double[][] Attention(string name, double[][] x, int[] documents)
    {
        var group = _config.Heads / _config.KvHeads;
        var size = _config.HeadSize;
        var starts = Enumerable.Range(0, x.Length).Select(t => Enumerable.Range(0, t + 1).First(s => Enumerable.Range(s, t - s + 1).All(i => documents[i] == documents[t]))).ToArray();
        var q = x.Select((row, t) => Turn(Times(name + "self_attn.q_proj.weight", row), t - starts[t])).ToArray();
        var k = x.Select((row, t) => Turn(Times(name + "self_attn.k_proj.weight", row), t - starts[t])).ToArray();
        var v = x.Select(row => Times(name + "self_attn.v_proj.weight", row)).ToArray();
        var result = new double[x.Length][];
        for (var t = 0; t < x.Length; t++)
        {
            var joined = new double[_config.Heads * size];
            var first = Math.Max(starts[t], t + 1 - (_config.SlidingWindow ?? int.MaxValue / 2));
            for (var head = 0; head < _config.Heads; head++)
            {
                var kv = head / group * size;
                var scores = Enumerable.Range(first, t - first + 1)
                    .Select(s => Enumerable.Range(0, size).Sum(d => q[t][head * size + d] * k[s][kv + d]) / Math.Sqrt(size)).ToArray();
                var weights = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
                for (var d = 0; d < size; d++)
                {
                    joined[head * size + d] = weights.Select((weight, i) => weight * v[first + i][kv + d]).Sum() / weights.Sum();
                }
            }

            result[t] = Times(name + "self_attn.o_proj.weight", joined);
        }

        return result;
    }

    private double[] FeedForward(string name, double[] x)
    {
        var gate = Times(name + "mlp.gate_proj.weight", x);
        var up = Times(name + "mlp.up_proj.weight", x);
        return Times(name + "mlp.down_proj.weight", [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)]);
    }

    /// <summary>Pairs dimension i of each head with i + size / 2.</summary>
    private double[] Turn(double[] heads, int position)
    {
        var (size, half) = (_config.HeadSize, _config.HeadSize / 2);
        var turned = new double[heads.Length];
        for (var at = 0; at < heads.Length; at += size)
        {
            for (var i = 0; i < half; i++)
            {
                var angle = position * Math.Pow(_config.RopeTheta, -2.0 * i / size);
                turned[at + i] = heads[at + i] * Math.Cos(angle) - heads[at + half + i] * Math.Sin(angle);
                turned[at + half + i] = heads[at + half + i] * Math.Cos(angle) + heads[at + i] * Math.Sin(angle);
            }
        }

        return turned;
    }

    private double[] Norm(double[] x, string weight)
    {
        var scale = 1 / Math.Sqrt(x.Sum(value => value * value) / x.Length + _config.NormEpsilon);
        return [.. x.Zip(Weights[weight], (value, w) => value * scale * w)];
    }

    private double[] Times(string weight, double[] x)
    {
        var w = Weights[weight];
        var result = new double[w.Length / x.Length];
        for (var row = 0; row < result.Length; row++)
        {
            for (var i = 0; i < x.Length; i++)
            {
                result[row] += w[row * x.Length + i] * x[i];
            }
        }

        return result;
    }

    private double[] Row(string weight, int row, int width) => Weights[weight][(row * width)..((row + 1) * width)];

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
