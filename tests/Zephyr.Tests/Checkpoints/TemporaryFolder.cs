namespace Zephyr.Tests;

/// <summary>A folder that a test may fill; gone when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    private readonly string _root;

    public TemporaryFolder() => _root = Directory.CreateTempSubdirectory("zephyr-").FullName;

    private TemporaryFolder(string root) => _root = Directory.CreateDirectory(root).FullName;

    /// <summary>One in memory, where the system has such a place: for tests that flush thousands of times.</summary>
    public static TemporaryFolder InMemory() => Directory.Exists(Memory) ? new(Path.Combine(Memory, $"zephyr-{Guid.NewGuid():n}")) : new();

    public string At(params string[] parts) => Path.Combine([_root, .. parts]);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
