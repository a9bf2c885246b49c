using System.Text.Json;
using Zephyr.Files;

namespace Zephyr.Recipe.Claims;

/// <summary>What came out, for a table or a notebook.</summary>
/// <param name="Settings">The <see cref="SettingsHash"/> of the run.</param>
/// <param name="Split">The prompts.</param>
/// <param name="Prompts">How many.</param>
/// <param name="Outcomes">Each claim that was run, whether it holds or not.</param>
/// <param name="Families">dSFT and dDPO after it by kind of question, where the paper's claims were run.</param>
public sealed record ClaimResults(string Settings, string Split, int Prompts, IReadOnlyList<ClaimOutcome> Outcomes, IReadOnlyList<FamilyMeans> Families)
{
    /// <summary>The file's name below <c>data/</c>.</summary>
    public const string FileName = "claims-results.json";

    /// <summary>Reads a file of results.</summary>
    /// <exception cref="InvalidDataException">It is not one.</exception>
    public static ClaimResults Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ClaimResults>(File.ReadAllText(path), ClaimSet.Json) ?? throw new InvalidDataException($"{path}: null holds no results.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}:{(error.LineNumber ?? 0) + 1}: {error.Message} Delete the file and run `claims` again.", error);
        }
    }

    /// <summary>What is known of a set of claims: outcomes of other settings or prompts, and of claims that have changed since, are left out.</summary>
    /// <param name="claims">The claims.</param>
    /// <param name="folder">The folder of <see cref="FileName"/>; where the file is not there, nothing is known.</param>
    /// <exception cref="InvalidDataException">The file holds no results.</exception>
    public static ClaimResults Of(ClaimSet claims, string folder)
    {
        ArgumentNullException.ThrowIfNull(claims);
        var path = Path.Combine(folder, FileName);
        return new ClaimResults(claims.Settings, claims.Split, claims.Prompts, [], []).With(File.Exists(path) ? Load(path) : null, claims.Claims);
    }

    /// <summary>
    /// These outcomes and those of an earlier run that are not among them: other groups of the same claims, settings and prompts. Outcomes of a claim
    /// that has changed since are left behind.
    /// </summary>
    /// <param name="earlier">Null where there is none.</param>
    /// <param name="claims">The claims as they stand now, whose order is kept.</param>
    public ClaimResults With(ClaimResults? earlier, IReadOnlyList<Claim> claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        var same = earlier is not null && (earlier.Settings, earlier.Split, earlier.Prompts) == (Settings, Split, Prompts);
        var known = Outcomes.Concat(same ? earlier!.Outcomes : []).ToArray();
        return this with
        {
            Outcomes = [.. claims.Select(claim => known.FirstOrDefault(outcome => Text(outcome.Claim) == Text(claim))).OfType<ClaimOutcome>()],
            Families = same && Families.Count == 0 ? earlier!.Families : Families,
        };
    }

    /// <summary>Writes the file.</summary>
    public void Save(string path) => AtomicFile.Write(path, JsonSerializer.Serialize(this, ClaimSet.Json) + "\n");

    private static string Text(Claim claim) => JsonSerializer.Serialize(claim, ClaimSet.Json);
}
