using System.Text.Json;
using System.Text.Json.Serialization;

namespace Zephyr.Recipe.Claims;

/// <summary>The seeds that decide, by kind of claim: ablations train many models, so they take fewer.</summary>
/// <param name="Paper">For the paper's claims.</param>
/// <param name="Reversals">For claims with a cause taken away.</param>
/// <param name="Ablations">For everything else.</param>
public sealed record ClaimSeeds(IReadOnlyList<long> Paper, IReadOnlyList<long> Reversals, IReadOnlyList<long> Ablations)
{
    /// <summary>The seeds of a group.</summary>
    public IReadOnlyList<long> Of(ClaimGroup group) => group switch
    {
        ClaimGroup.Paper => Paper,
        ClaimGroup.Epochs or ClaimGroup.Betas or ClaimGroup.Filters => Ablations,
        _ => Reversals,
    };
}

/// <summary>The file <c>data/claims.json</c>: what is claimed, on which seeds and prompts, for which settings.</summary>
/// <param name="Settings">The <see cref="SettingsHash"/> that the claims were written for.</param>
/// <param name="Split">The prompts that decide: "test".</param>
/// <param name="Prompts">How many of them, from the first.</param>
/// <param name="Seeds">The seeds that decide; nobody has looked at them before.</param>
/// <param name="Claims">The claims, in the order of the table.</param>
public sealed record ClaimSet(string Settings, string Split, int Prompts, ClaimSeeds Seeds, IReadOnlyList<Claim> Claims)
{
    /// <summary>The file's name below <c>data/</c>.</summary>
    public const string FileName = "claims.json";

    /// <summary>How the file and its results are written: names in snake_case; nothing unknown, missing, null or twice.</summary>
    internal static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>Reads and checks the file.</summary>
    /// <exception cref="InvalidDataException">Something is missing, unknown or contradicts itself; the message names file and claim.</exception>
    public static ClaimSet Load(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads and checks a text.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">Something is missing, unknown or contradicts itself.</exception>
    public static ClaimSet Parse(string text, string name)
    {
        ClaimSet set;
        try
        {
            set = JsonSerializer.Deserialize<ClaimSet>(text, Json) ?? throw new InvalidDataException($"{name}: null is no set of claims.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{name}:{(error.LineNumber ?? 0) + 1}: {error.Message}", error);
        }

        return ClaimChecks.Fault(set) is { } fault ? throw new InvalidDataException($"{name}: {fault}") : set;
    }

    /// <summary>The claims of some groups, in the order of the table.</summary>
    public IReadOnlyList<Claim> Of(params IReadOnlyList<ClaimGroup> groups) => [.. Claims.Where(claim => groups.Contains(claim.Group))];
}
