using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Zephyr.Feedback;
using Zephyr.Files;

namespace Zephyr.Recipe;

/// <summary>Where something that takes long to make came from.</summary>
public enum Origin
{
    /// <summary>An earlier run on this machine.</summary>
    RunCache,

    /// <summary>The project's own <c>data/</c>.</summary>
    Shipped,

    /// <summary>Made just now.</summary>
    MadeNow,
}

/// <summary>What a kept model was made from and with.</summary>
/// <param name="Stage">Which stage of the recipe.</param>
/// <param name="Key">The hash of everything that made it.</param>
/// <param name="Made">That everything, in words, for a reader.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Tokens">Tokens read.</param>
/// <param name="FinalLoss">Mean training loss of the last tenth of the steps.</param>
public sealed record MadeFrom(
    [property: JsonPropertyName("stage")] string Stage,
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("made")] IReadOnlyDictionary<string, string> Made,
    [property: JsonPropertyName("steps")] int Steps,
    [property: JsonPropertyName("tokens")] long Tokens,
    [property: JsonPropertyName("final_loss")] double FinalLoss);

/// <summary>
/// Finds what was made before: in <c>data/runs/KEY</c>, else in <c>data/checkpoints/NAME</c> where the same key was shipped.
/// A key is the hash of everything that made the thing, so a changed setting can never find an old result.
/// </summary>
/// <param name="folder">The repository's <c>data</c> folder.</param>
public sealed class RunCache(string folder)
{
    private const string Manifest = "made.json";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The key of a thing: the hash of everything that made it, names and values.</summary>
    public static string KeyOf(IReadOnlyDictionary<string, string> made)
    {
        ArgumentNullException.ThrowIfNull(made);
        return AnswerCache.KeyOf([.. made.OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => new[] { entry.Key, entry.Value })])[..20];
    }

    /// <summary>Where a run with this key works and keeps its result.</summary>
    public string RunFolderOf(string key) => Path.Combine(folder, "runs", key);

    /// <summary>Where a model of this key lies ready to load, and since when; null where it has to be made.</summary>
    /// <param name="key">The key.</param>
    /// <param name="shippedName">Its name below <c>data/checkpoints</c>, where it may be shipped; null where it never is.</param>
    public (string Folder, Origin Origin)? Find(string key, string? shippedName)
    {
        var kept = Path.Combine(RunFolderOf(key), "model");
        if (Read(kept)?.Key == key)
        {
            return (kept, Origin.RunCache);
        }

        if (shippedName is not null && Path.Combine(folder, "checkpoints", shippedName) is var shipped && Read(shipped)?.Key == key)
        {
            return (shipped, Origin.Shipped);
        }

        return null;
    }

    /// <summary>What a model folder says about its making; null where it is not complete.</summary>
    public static MadeFrom? Read(string modelFolder)
    {
        var path = Path.Combine(modelFolder, Manifest);
        return File.Exists(path) ? JsonSerializer.Deserialize<MadeFrom>(File.ReadAllText(path)) : null;
    }

    /// <summary>Writes the manifest, last of all files, so that a folder with one is whole.</summary>
    public static void Write(string modelFolder, MadeFrom made) => AtomicFile.Write(Path.Combine(modelFolder, Manifest), JsonSerializer.Serialize(made, Indented) + "\n");

    /// <summary>SHA-256 of a file, lower-case hexadecimal.</summary>
    public static string HashOfFile(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
