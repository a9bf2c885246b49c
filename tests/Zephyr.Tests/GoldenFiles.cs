using System.Text.Json;

namespace Zephyr.Tests;

/// <summary>Reference numbers: the folder named by ZEPHYR_GOLDEN, else the copy in tests/golden. Any folder of that layout works.</summary>
internal static class GoldenFiles
{
    /// <summary>The folder that holds model/, losses/, sft/ and so on.</summary>
    public static string Root { get; } =
        Environment.GetEnvironmentVariable("ZEPHYR_GOLDEN") is { Length: > 0 } given ? given : Path.Combine(RepositoryRoot, "tests", "golden");

    /// <summary>The checkout, found upwards from the test's own folder by the solution file.</summary>
    public static string RepositoryRoot
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Zephyr.Notebooks.sln")))
                {
                    return folder.FullName;
                }
            }

            throw new DirectoryNotFoundException($"No Zephyr.Notebooks.sln above {AppContext.BaseDirectory}.");
        }
    }

    /// <summary>A path below <see cref="Root"/>.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The case folders of one kind: those below <paramref name="kind"/> that hold <paramref name="marker"/>; none is an error.</summary>
    public static TheoryData<string> Cases(string kind, string marker)
    {
        var names = Directory.GetDirectories(At(kind)).Where(folder => File.Exists(Path.Combine(folder, marker))).Select(folder => Path.GetFileName(folder)!).Order().ToArray();
        return names.Length > 0 ? [.. names] : throw new DirectoryNotFoundException($"No folder below {At(kind)} holds {marker}.");
    }

    /// <summary>Every line of a JSONL file below <see cref="Root"/>.</summary>
    public static IEnumerable<JsonElement> Lines(params string[] parts) =>
        File.ReadLines(At(parts)).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement);
}
