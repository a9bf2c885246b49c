using Zephyr.Kernel.Tests;

[assembly: AssemblyFixture(typeof(TestCache))]

namespace Zephyr.Kernel.Tests;

/// <summary>The user's cache of this test run, and of every kernel that it starts.</summary>
public sealed class TestCache : IDisposable
{
    private const string Name = "XDG_CACHE_HOME";

    private readonly string _folder = Directory.CreateTempSubdirectory("cache-").FullName;

    public TestCache() => Environment.SetEnvironmentVariable(Name, _folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
