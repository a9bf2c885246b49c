using System.IO.Compression;

namespace Zephyr.Kernel.Tests.References;

/// <summary>A folder that is a whole NuGet of its own: its packages, its configuration, its unpacked packages. No network.</summary>
internal sealed class Feed
{
    private readonly string _folder;

    public Feed(string folder)
    {
        _folder = Directory.CreateDirectory(Path.Combine(folder, "feed")).FullName;
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(folder, "unpacked")}" /></config>
              <packageSources><clear /><add key="test" value="{_folder}" /></packageSources>
            </configuration>
            """);
    }

    /// <summary>Adds a package.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="version">Its version.</param>
    /// <param name="files">Its content: where it lies in the package, and the file to put there.</param>
    /// <param name="dependencies">What it needs, with the lowest version.</param>
    public void Add(string id, string version, IEnumerable<(string Target, string Source)> files, params (string Id, string Version)[] dependencies)
    {
        using var package = ZipFile.Open(Path.Combine(_folder, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        using (var writer = new StreamWriter(package.CreateEntry($"{id}.nuspec").Open()))
        {
            writer.Write($"""
                <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>
                  <id>{id}</id><version>{version}</version><authors>test</authors><description>test</description>
                  <dependencies><group targetFramework="net8.0">{string.Concat(dependencies.Select(d => $"<dependency id=\"{d.Id}\" version=\"{d.Version}\" />"))}</group></dependencies>
                </metadata></package>
                """);
        }

        foreach (var (target, source) in files)
        {
            package.CreateEntryFromFile(source, target);
        }
    }
}
