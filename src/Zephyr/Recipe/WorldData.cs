using System.Security.Cryptography;
using Zephyr.Data;
using Zephyr.Rows;
using Zephyr.Text;
using Zephyr.TinyWorld;

namespace Zephyr.Recipe;

/// <summary>The rows of the embedded world for one seed, and the tokenizer: read from <c>data/</c> where shipped, else made on the spot; the same either way.</summary>
public sealed class WorldData
{
    /// <summary>Dialogues for dSFT.</summary>
    public const int DialogueCount = 24_000;

    /// <summary>Rated prompts, and so pairs, for dDPO.</summary>
    public const int PairCount = 3_000;

    /// <summary>Pairs that are only evaluated on.</summary>
    public const int HeldOutPairCount = 400;

    /// <summary>Prompts to choose settings by.</summary>
    public const int DevelopmentCount = 300;

    /// <summary>Prompts of the test split.</summary>
    public const int TestCount = 800;

    /// <summary>The seed whose rows are shipped.</summary>
    public const long ShippedSeed = 1;

    private readonly Lazy<IReadOnlyList<Dialogue>> _dialogues;
    private readonly Lazy<IReadOnlyList<RatedPrompt>> _rated;
    private readonly Lazy<IReadOnlyList<RatedPrompt>> _heldOut;
    private readonly Lazy<IReadOnlyList<Dialogue>> _development;
    private readonly Lazy<IReadOnlyList<Dialogue>> _test;
    private readonly Lazy<IReadOnlyList<PreferencePair>> _pairs;
    private readonly Lazy<IReadOnlyList<PreferencePair>> _heldOutPairs;
    private readonly Lazy<SentencePieceBpe> _tokenizer;

    /// <summary>The data of a seed; each part is read or made when it is first asked for.</summary>
    /// <param name="folder">The repository's <c>data</c> folder; its subfolder <c>world</c> may hold the shipped rows.</param>
    /// <param name="seed">Dialogues and rated prompts differ by seed; everything held out, and the tokenizer, is the same for all.</param>
    public WorldData(string folder, long seed = ShippedSeed)
    {
        (Folder, Seed) = (Path.Combine(folder, "world"), seed);
        var trained = seed == ShippedSeed;
        _dialogues = new(() => Rows(trained, "dialogues", () => WorldRows.Dialogues(World, seed, DialogueCount)));
        _rated = new(() => Rows(trained, "feedback", () => WorldRows.RatedPrompts(World, seed, PairCount).ToBlockingEnumerable()));
        _heldOut = new(() => Rows(true, "feedback-held-out", () => WorldRows.HeldOutRatedPrompts(World, HeldOutPairCount).ToBlockingEnumerable()));
        _development = new(() => Rows(true, "dev", () => WorldRows.Evaluation(World, "dev", DevelopmentCount)));
        _test = new(() => Rows(true, "test", () => WorldRows.Evaluation(World, "test", TestCount)));
        _pairs = new(() => WorldRows.Pairs(RatedPrompts));
        _heldOutPairs = new(() => WorldRows.Pairs(HeldOutRatedPrompts));
        _tokenizer = new(() => File.Exists(TokenizerPath) ? SentencePieceBpe.Load(TokenizerPath) : new(WorldTokenizer.Train(World)));
    }

    /// <summary>Whose rows these are.</summary>
    public World World { get; } = World.Standard;

    /// <summary>Which dialogues and rated prompts.</summary>
    public long Seed { get; }

    /// <summary>Where shipped rows and the tokenizer lie.</summary>
    public string Folder { get; }

    /// <summary>The tokenizer's file.</summary>
    public string TokenizerPath => Path.Combine(Folder, "tokenizer.model");

    /// <summary>24,000 dialogues with the teacher.</summary>
    public IReadOnlyList<Dialogue> Dialogues => _dialogues.Value;

    /// <summary>3,000 prompts with four rated replies each.</summary>
    public IReadOnlyList<RatedPrompt> RatedPrompts => _rated.Value;

    /// <summary>400 rated prompts about held-out targets.</summary>
    public IReadOnlyList<RatedPrompt> HeldOutRatedPrompts => _heldOut.Value;

    /// <summary>The pairs of <see cref="RatedPrompts"/>.</summary>
    public IReadOnlyList<PreferencePair> Pairs => _pairs.Value;

    /// <summary>The pairs of <see cref="HeldOutRatedPrompts"/>.</summary>
    public IReadOnlyList<PreferencePair> HeldOutPairs => _heldOutPairs.Value;

    /// <summary>300 held-out dialogues to choose settings by.</summary>
    public IReadOnlyList<Dialogue> Development => _development.Value;

    /// <summary>800 held-out dialogues for reports; the claims name how many of them are asked, from the first.</summary>
    public IReadOnlyList<Dialogue> Test => _test.Value;

    /// <summary>The world's SentencePiece BPE of 1,024 pieces.</summary>
    public SentencePieceBpe Tokenizer => _tokenizer.Value;

    /// <summary>Where the shipped rows of a name lie.</summary>
    public string PathOf(string name) => Path.Combine(Folder, $"{name}.jsonl.gz");

    /// <summary>SHA-256 over token ids and masks: what training really reads.</summary>
    internal static string HashOf(IEnumerable<TokenizedExample> rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in rows)
        {
            Append(hash, row.Ids);
            Append(hash, [.. row.Learned.Select(learned => learned ? 1 : 0)]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>SHA-256 over the token ids of pairs.</summary>
    internal static string HashOf(IEnumerable<TokenizedPair> pairs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var pair in pairs)
        {
            Append(hash, pair.Prompt);
            Append(hash, pair.Chosen);
            Append(hash, pair.Rejected);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, int[] numbers)
    {
        hash.AppendData(BitConverter.GetBytes(numbers.Length));
        hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(numbers));
    }

    private IReadOnlyList<T> Rows<T>(bool mayBeShipped, string name, Func<IEnumerable<T>> make)
        where T : IRow<T>
    {
        if (mayBeShipped && File.Exists(PathOf(name)))
        {
            return RowFile.Read<T>(PathOf(name));
        }

        return make().ToArray();
    }
}
