using System.Runtime.InteropServices;
using System.Security;

namespace Zephyr.Kernel.References;

/// <summary>The project that the SDK restores on behalf of a cell: packages in, one flat folder out.</summary>
internal static class PackageProject
{
    /// <summary>In the flat folder: one line for each file, <c>file|package|version</c>.</summary>
    public const string FilesName = ".files";

    /// <summary>In the flat folder: the shared frameworks that the packages ask for, one on a line.</summary>
    public const string FrameworksName = ".frameworks";

    /// <summary>The name of the flat folder beside the project.</summary>
    public const string FlatName = "flat";

    /// <summary>The target to build.</summary>
    public const string Target = "Flatten";

    /// <summary>The text of the project.</summary>
    /// <param name="packages">What it references.</param>
    public static string Text(IEnumerable<PackageRequest> packages) => $"""
        <Project>
          <PropertyGroup>
            <ImportDirectoryBuildProps>false</ImportDirectoryBuildProps>
            <ImportDirectoryBuildTargets>false</ImportDirectoryBuildTargets>
            <ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps>
          </PropertyGroup>
          <Import Project="Sdk.props" Sdk="Microsoft.NET.Sdk" />
          <PropertyGroup>
            <TargetFramework>net{Environment.Version.Major}.{Environment.Version.Minor}</TargetFramework>
            <RuntimeIdentifier>{RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>
            <SelfContained>false</SelfContained>
            <UseAppHost>false</UseAppHost>
            <EnableDefaultItems>false</EnableDefaultItems>
            <GenerateDependencyFile>false</GenerateDependencyFile>
            <NuGetAudit>false</NuGetAudit>
            <OutDir>{FlatName}/</OutDir>
            <CopyLocalLockFileAssemblies>true</CopyLocalLockFileAssemblies>
            <CopyBuildOutputToOutputDirectory>false</CopyBuildOutputToOutputDirectory>
            <CopyOutputSymbolsToOutputDirectory>false</CopyOutputSymbolsToOutputDirectory>
            <CopyDocumentationFilesFromPackages>true</CopyDocumentationFilesFromPackages>
            <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
          </PropertyGroup>
          <ItemGroup>
            {string.Join("\n    ", packages.Select(p => $"<PackageReference Include=\"{p.Id}\" Version=\"{SecurityElement.Escape(p.Range)}\" />"))}
          </ItemGroup>
          <Import Project="Sdk.targets" Sdk="Microsoft.NET.Sdk" />
          <Target Name="{Target}" DependsOnTargets="ResolveReferences;CopyFilesToOutputDirectory">
            <WriteLinesToFile File="{FlatName}/{FilesName}" Lines="@(ReferenceCopyLocalPaths->'%(DestinationSubDirectory)%(Filename)%(Extension)|%(NuGetPackageId)|%(NuGetPackageVersion)')" Overwrite="true" />
            <WriteLinesToFile File="{FlatName}/{FrameworksName}" Lines="@(TransitiveFrameworkReference)" Overwrite="true" />
          </Target>
        </Project>
        """;
}
