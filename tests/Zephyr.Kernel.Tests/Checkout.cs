namespace Zephyr.Kernel.Tests;

/// <summary>The clone that these tests were built in.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    public static string Notebook(string name) => Path.Combine(Root, "notebooks", name);

    /// <summary>A new folder below the build's output, for what must lie inside the clone.</summary>
    public static string NewFolder(string prefix) =>
        Directory.CreateDirectory(Path.Combine(Root, "artifacts", "tests", $"{prefix}-{Guid.NewGuid():N}")).FullName;

    private static string Find(DirectoryInfo folder) =>
        folder.EnumerateFiles("*.sln").Any() ? folder.FullName : Find(folder.Parent ?? throw new DirectoryNotFoundException($"no solution above {AppContext.BaseDirectory}"));
}
