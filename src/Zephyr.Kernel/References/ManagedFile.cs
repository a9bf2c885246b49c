using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Zephyr.Kernel.References;

/// <summary>An assembly on disk, read without loading it.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="Name">Its simple name.</param>
/// <param name="Version">The version that other assemblies refer to.</param>
/// <param name="Build">Names this build of it: two files with the same are the same assembly.</param>
/// <param name="References">The assemblies that it refers to.</param>
internal sealed record ManagedFile(string Path, string Name, Version Version, Guid Build, IReadOnlyList<(string Name, Version Version)> References)
{
    /// <summary>Name and version for a reader: the version of the file tells builds apart that refer alike.</summary>
    public string Described => FileVersionInfo.GetVersionInfo(Path).FileVersion is { Length: > 0 } file && file != Version.ToString()
        ? $"{Name} {Version} (file version {file})"
        : $"{Name} {Version}";

    /// <summary>Reads a file.</summary>
    /// <returns>Null where it holds no assembly: a native library, for example.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ManagedFile? Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            using var file = new PEReader(stream);
            if (!file.HasMetadata || file.GetMetadataReader() is not { IsAssembly: true } metadata)
            {
                return null;
            }

            var definition = metadata.GetAssemblyDefinition();
            var references = metadata.AssemblyReferences.Select(metadata.GetAssemblyReference).Select(r => (metadata.GetString(r.Name), r.Version)).ToArray();
            return new(path, metadata.GetString(definition.Name), definition.Version, metadata.GetGuid(metadata.GetModuleDefinition().Mvid), references);
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }
}
