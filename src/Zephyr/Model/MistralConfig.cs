namespace Zephyr.Model;

/// <summary>The sizes and constants of a Mistral- or Llama-shaped decoder: everything its mathematics needs besides the weights.</summary>
/// <remarks>
/// Jiang et al. 2023, "Mistral 7B", table 1. <see cref="Read"/> takes a published <c>config.json</c> and refuses every
/// setting whose mathematics this decoder does not have.
/// </remarks>
public sealed record MistralConfig
{
    /// <summary>Mistral-7B-v0.1, the base of Zephyr-7B: 7,241,732,096 parameters in 291 tensors.</summary>
    public static MistralConfig Mistral7B { get; } = new()
    {
        VocabSize = 32000,
        HiddenSize = 4096,
        Layers = 32,
        Heads = 32,
        KvHeads = 8,
        HeadSize = 128,
        FeedForwardSize = 14336,
        SlidingWindow = 4096,
        MaxPositions = 32768,
    };

    /// <summary>The model of the embedded world, which trains on a laptop: same code path, 1,967,808 parameters.</summary>
    public static MistralConfig Tiny { get; } = new()
    {
        VocabSize = 1024,
        HiddenSize = 192,
        Layers = 4,
        Heads = 6,
        KvHeads = 2,
        HeadSize = 32,
        FeedForwardSize = 512,
        MaxPositions = 512,
    };

    /// <summary>SmolLM2-135M, a real pre-trained model that fits any machine: 134,515,008 parameters, tied head.</summary>
    public static MistralConfig SmolLm2_135M { get; } = new()
    {
        VocabSize = 49152,
        HiddenSize = 576,
        Layers = 30,
        Heads = 9,
        KvHeads = 3,
        HeadSize = 64,
        FeedForwardSize = 1536,
        RopeTheta = 100_000,
        TieEmbeddings = true,
        MaxPositions = 8192,
        BosId = 1,
        EosId = 2,
        PadId = 2,
    };

    /// <summary>The shape that the benchmarks train: large enough that products, not calls, take the time.</summary>
    public static MistralConfig Bench { get; } = new()
    {
        VocabSize = 4096,
        HiddenSize = 256,
        Layers = 6,
        Heads = 8,
        KvHeads = 2,
        HeadSize = 32,
        FeedForwardSize = 688,
        MaxPositions = 2048,
    };

    /// <summary>Number of different tokens (<c>vocab_size</c>).</summary>
    public required int VocabSize { get; init; }

    /// <summary>Width of the residual stream (<c>hidden_size</c>).</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Number of decoder blocks (<c>num_hidden_layers</c>).</summary>
    public required int Layers { get; init; }

    /// <summary>Number of query heads (<c>num_attention_heads</c>).</summary>
    public required int Heads { get; init; }

    /// <summary>Number of key/value heads, each serving Heads / KvHeads query heads (<c>num_key_value_heads</c>).</summary>
    public required int KvHeads { get; init; }

    /// <summary>Width of one head, even (<c>head_dim</c>).</summary>
    public required int HeadSize { get; init; }

    /// <summary>Width of the gated feed-forward layer (<c>intermediate_size</c>).</summary>
    public required int FeedForwardSize { get; init; }

    /// <summary>Added to the mean square in RMSNorm (<c>rms_norm_eps</c>).</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Base of the rotary embedding's wavelengths (<c>rope_theta</c>).</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>How many tokens, itself included, a position may read; <c>null</c> is all before it (<c>sliding_window</c>).</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>Whether the output head is the embedding itself (<c>tie_word_embeddings</c>).</summary>
    public bool TieEmbeddings { get; init; }

    /// <summary>Longest text the model was made for, in tokens (<c>max_position_embeddings</c>).</summary>
    public int MaxPositions { get; init; } = 32768;

    /// <summary>The token that begins a text (<c>bos_token_id</c>).</summary>
    public int BosId { get; init; } = 1;

    /// <summary>The token that ends a turn (<c>eos_token_id</c>).</summary>
    public int EosId { get; init; } = 2;

    /// <summary>The token that fills short rows, if the model has one (<c>pad_token_id</c>).</summary>
    public int? PadId { get; init; }

    /// <summary>Number of weights; a tied head is counted once.</summary>
    public long ParameterCount
    {
        get
        {
            var embedding = (long)VocabSize * HiddenSize;
            var attention = (long)HiddenSize * HeadSize * (2 * Heads + 2 * KvHeads);
            var feedForward = 3L * HiddenSize * FeedForwardSize;
            return (TieEmbeddings ? 1 : 2) * embedding + Layers * (attention + feedForward + 2L * HiddenSize) + HiddenSize;
        }
    }

    /// <summary>Reads a published <c>config.json</c>, in the spelling of 2023 or of today.</summary>
    /// <param name="path">The file, or the folder that holds it.</param>
    /// <exception cref="InvalidDataException">A size is missing or impossible, or a field asks for mathematics that this decoder lacks; the message names the field.</exception>
    public static MistralConfig Read(string path) => ConfigJson.Read(path);

    /// <summary>This configuration as a <c>config.json</c> in the spelling of 2023, which every later reader takes too.</summary>
    /// <param name="dtype">The type of the saved weights, in the published spelling: <c>float32</c> or <c>bfloat16</c>.</param>
    public string ToJson(string dtype = "float32") => ConfigJson.Write(this, dtype);

    /// <summary>Checks that the sizes fit each other.</summary>
    /// <returns>This configuration.</returns>
    /// <exception cref="ArgumentException">They do not; the message names both sizes.</exception>
    public MistralConfig Validated()
    {
        foreach (var (name, value) in new[]
        {
            (nameof(VocabSize), VocabSize), (nameof(HiddenSize), HiddenSize), (nameof(Layers), Layers), (nameof(Heads), Heads), (nameof(KvHeads), KvHeads),
            (nameof(HeadSize), HeadSize), (nameof(FeedForwardSize), FeedForwardSize), (nameof(MaxPositions), MaxPositions), (nameof(SlidingWindow), SlidingWindow ?? 1),
        })
        {
            if (value <= 0)
            {
                throw new ArgumentException($"{name} is {value}; it must be positive.");
            }
        }

        if (Heads % KvHeads != 0)
        {
            throw new ArgumentException($"Heads ({Heads}) must be a multiple of KvHeads ({KvHeads}): each key/value head serves a whole group.");
        }

        if (HeadSize % 2 != 0)
        {
            throw new ArgumentException($"HeadSize ({HeadSize}) must be even: the rotary embedding turns pairs of dimensions.");
        }

        return this;
    }
}
