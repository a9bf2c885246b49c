using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Zephyr.Files;

namespace Zephyr.Checkpoints;

/// <summary>A checkpoint found on disk, every file of it as its manifest says.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Step">The step after which it was written.</param>
/// <param name="PassedOver">Newer checkpoints that could not be used, each with the reason; empty as a rule.</param>
public sealed record FoundCheckpoint(string Folder, int Step, IReadOnlyList<string> PassedOver);

/// <summary>
/// Training checkpoints as folders <c>step-000100</c> that appear whole or not at all: the files, then a manifest with their sizes and sha256, all beside
/// the place, then one rename into it. A stop at any moment leaves the older checkpoints as they were.
/// </summary>
public static class CheckpointFolder
{
    private const string Manifest = "manifest.json", Prefix = "step-", Unfinished = ".unfinished-", Replaced = ".replaced-";

    /// <summary>Writes a checkpoint, then removes those beyond the newest few and those of later steps, which a run that came back to this one has left behind.</summary>
    /// <param name="root">The folder that holds a run's checkpoints; made if it does not exist.</param>
    /// <param name="step">The step after which it is written.</param>
    /// <param name="write">Writes the files into the folder it is given, each flushed to the disk.</param>
    /// <param name="keep">How many checkpoints stay, at least 1.</param>
    /// <param name="best">The step of one more that stays; null for none.</param>
    /// <returns>The finished folder.</returns>
    /// <exception cref="IOException">The disk is full or may not be written to; the older checkpoints are as they were.</exception>
    public static string Write(string root, int step, Action<string> write, int keep = int.MaxValue, int? best = null)
    {
        ArgumentNullException.ThrowIfNull(write);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        var place = At(root, step);
        try
        {
            Place(root, place, write);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var newest = Folders(root).FirstOrDefault(found => found.Step != step);
            throw new IOException(
                $"{place} was not written: {error.Message} {(newest.Folder is null ? "There is no older checkpoint" : $"The older ones are as they were, the newest is {newest.Folder}")}. Free space or change the rights, then save again.",
                error);
        }

        Prune(root, step, keep, best);
        return place;
    }

    /// <summary>Removes the checkpoints beyond the newest few and those of later steps.</summary>
    /// <param name="root">The folder that holds a run's checkpoints.</param>
    /// <param name="step">The step that the run stands at.</param>
    /// <param name="keep">How many checkpoints stay, at least 1.</param>
    /// <param name="best">The step of one more that stays; null for none.</param>
    public static void Prune(string root, int step, int keep, int? best = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        var (later, upTo) = (Folders(root).Where(found => found.Step > step), Folders(root).Where(found => found.Step <= step));
        foreach (var (folder, _) in later.Concat(upTo.Skip(keep).Where(found => found.Step != best)))
        {
            Disk.DeleteFolder(Aside(root, folder));
        }
    }

    /// <summary>The newest checkpoint whose files are all as its manifest says.</summary>
    /// <param name="root">The folder that holds a run's checkpoints.</param>
    /// <returns>Null where there is no checkpoint at all.</returns>
    /// <exception cref="InvalidDataException">There are checkpoints, and none is whole.</exception>
    public static FoundCheckpoint? Newest(string root)
    {
        var passed = new List<string>();
        foreach (var (folder, step) in Folders(root))
        {
            if (Fault(folder) is not { } fault)
            {
                return new(folder, step, passed);
            }

            passed.Add(fault);
        }

        return passed.Count == 0 ? null : throw new InvalidDataException(
            $"None of the {passed.Count} checkpoints in {root} is whole: {string.Join("; ", passed)}. Delete them to begin anew.");
    }

    /// <summary>What is wrong with a checkpoint; null where every file has the size and sha256 of its manifest.</summary>
    public static string? Fault(string folder)
    {
        var manifest = Path.Combine(folder, Manifest);
        if (!File.Exists(manifest))
        {
            return $"{folder} has no {Manifest}: its writing did not end";
        }

        Dictionary<string, FileMark> marks;
        try
        {
            marks = JsonSerializer.Deserialize<Dictionary<string, FileMark>>(File.ReadAllText(manifest)) ?? [];
        }
        catch (JsonException error)
        {
            return $"{manifest} is no JSON ({error.Message})";
        }

        foreach (var (name, mark) in marks)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                return $"{folder} lacks {name}";
            }

            if (new FileInfo(path).Length is var bytes && bytes != mark.Bytes)
            {
                return $"{path} has {bytes} bytes, its manifest says {mark.Bytes}";
            }

            if (Sha256(path) is var sha256 && sha256 != mark.Sha256)
            {
                return $"{path} has sha256 {sha256[..12]}…, its manifest says {mark.Sha256[..12]}…";
            }
        }

        return marks.Count > 0 ? null : $"{manifest} names no files";
    }

    /// <summary>The folder of a step's checkpoint, whether or not there is one.</summary>
    public static string At(string root, int step) => Path.Combine(root, NameOf(step));

    private static void Place(string root, string place, Action<string> write)
    {
        var beside = Path.Combine(root, Unfinished + Path.GetFileName(place));
        Disk.CreateFolder(root);
        RemoveLeftovers(root);
        Disk.CreateFolder(beside);
        write(beside);
        WriteManifest(beside);
        var old = Directory.Exists(place) ? Aside(root, place) : null;
        Disk.MoveFolder(beside, place);
        if (old is not null)
        {
            Disk.DeleteFolder(old);
        }
    }

    // Renamed before it is deleted: what is deleted only in part must not look like a checkpoint.
    private static string Aside(string root, string folder)
    {
        var aside = Path.Combine(root, Replaced + Path.GetFileName(folder));
        Disk.MoveFolder(folder, aside);
        return aside;
    }

    private static string NameOf(int step) => Prefix + step.ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>All checkpoint folders, whole or not, newest first.</summary>
    private static IEnumerable<(string Folder, int Step)> Folders(string root) => !Directory.Exists(root)
        ? []
        : Directory.GetDirectories(root, Prefix + "*")
            .Select(folder => (folder, step: int.TryParse(Path.GetFileName(folder)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : -1))
            .Where(found => found.step >= 0)
            .OrderByDescending(found => found.step);

    private static void WriteManifest(string folder)
    {
        var marks = new SortedDictionary<string, FileMark>(StringComparer.Ordinal);
        foreach (var path in Directory.GetFiles(folder))
        {
            marks.Add(Path.GetFileName(path), new(new FileInfo(path).Length, Sha256(path)));
        }

        AtomicFile.Write(Path.Combine(folder, Manifest), JsonSerializer.Serialize(marks));
    }

    private static string Sha256(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static void RemoveLeftovers(string root)
    {
        foreach (var folder in Directory.GetDirectories(root, ".*").Where(IsLeftover))
        {
            Disk.DeleteFolder(folder);
        }
    }

    private static bool IsLeftover(string folder) =>
        Path.GetFileName(folder) is var name && (name.StartsWith(Unfinished, StringComparison.Ordinal) || name.StartsWith(Replaced, StringComparison.Ordinal));

    private sealed record FileMark(long Bytes, string Sha256);
}
