namespace Zephyr.Model;

/// <summary>A linear layer of a decoder, by arithmetic: adapters and quantisation are counted from these without a model.</summary>
/// <param name="Name">Its published name, without <c>.weight</c>.</param>
/// <param name="Inputs">Columns of its weight.</param>
/// <param name="Outputs">Rows of its weight.</param>
public sealed record LinearLayer(string Name, int Inputs, int Outputs)
{
    internal const string Head = "lm_head";

    /// <summary>Number of weights.</summary>
    public long Count => (long)Inputs * Outputs;

    /// <summary>Whether QLoRA quantises it: every one but the output head (Dettmers et al. 2023).</summary>
    public bool IsQuantised => Name != Head;

    /// <summary>All of them, in the order of the model.</summary>
    /// <param name="config">The sizes of the model.</param>
    public static IEnumerable<LinearLayer> Of(MistralConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var (hidden, query, keyValue, inner) = (config.HiddenSize, config.Heads * config.HeadSize, config.KvHeads * config.HeadSize, config.FeedForwardSize);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var (attention, feedForward) = ($"model.layers.{layer}.self_attn", $"model.layers.{layer}.mlp");
            yield return new($"{attention}.q_proj", hidden, query);
            yield return new($"{attention}.k_proj", hidden, keyValue);
            yield return new($"{attention}.v_proj", hidden, keyValue);
            yield return new($"{attention}.o_proj", query, hidden);
            yield return new($"{feedForward}.gate_proj", hidden, inner);
            yield return new($"{feedForward}.up_proj", hidden, inner);
            yield return new($"{feedForward}.down_proj", inner, hidden);
        }

        if (!config.TieEmbeddings)
        {
            yield return new(Head, hidden, config.VocabSize);
        }
    }
}
