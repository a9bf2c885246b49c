namespace Zephyr.Tests;

/// <summary>A folder that a test may fill; gone when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("zephyr-").FullName;

    public string At(params string[] parts) => Path.Combine([_root, .. parts]);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
