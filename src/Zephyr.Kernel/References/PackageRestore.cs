using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Zephyr.Kernel.Commands;

namespace Zephyr.Kernel.References;

/// <summary>Lets the SDK restore packages into one flat folder below the user's cache. What was restored once needs neither SDK nor network again.</summary>
internal static partial class PackageRestore
{
    private const int LinesOfReason = 12;

    private static readonly Lazy<string> Work = new(() => ProcessFolder.Make(UserCache.Folder("restore")));

    private static readonly string[] FromOuterBuilds = ["MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBUILD_EXE_PATH", "MSBuildLoadMicrosoftTargetsReadOnly"];

    /// <summary>Restores packages together, so that each package is there in one version.</summary>
    /// <param name="packages">All that the session has and wants.</param>
    /// <param name="stop">Ends the SDK and gives up.</param>
    /// <returns>The flat folder.</returns>
    /// <exception cref="InvalidOperationException">It could not be done; the message is the SDK's.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static string Restore(IReadOnlyList<PackageRequest> packages, CancellationToken stop)
    {
        var text = PackageProject.Text(packages);
        var cache = UserCache.Folder("packages");
        var known = Path.Combine(cache, Hash(text));
        var same = packages.All(p => p.IsExact);
        if (same && Directory.Exists(known))
        {
            return known;
        }

        var work = Directory.CreateDirectory(Path.Combine(Work.Value, $"{Guid.NewGuid():N}")).FullName;
        try
        {
            var project = Path.Combine(work, "packages.csproj");
            File.WriteAllText(project, text);
            var (code, output) = Build(project, stop);
            if (code != 0)
            {
                throw new InvalidOperationException(Reason(output));
            }

            var flat = Path.Combine(work, PackageProject.FlatName);
            return Keep(flat, same ? known : Path.Combine(cache, Hash(File.ReadAllText(Path.Combine(flat, PackageProject.FilesName)))));
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..24];

    private static string Keep(string flat, string folder)
    {
        try
        {
            Directory.Move(flat, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another kernel has just restored the same.
        }

        return folder;
    }

    private static (int Code, string Output) Build(string project, CancellationToken stop)
    {
        var start = new ProcessStartInfo(SelfProcess.Command[0],
        [
            "build", project, "-restore", $"-t:{PackageProject.Target}", "-v:quiet", "-nologo", "-tl:off", "-nodeReuse:false",
            $"-p:RestoreRootConfigDirectory={Directory.GetCurrentDirectory()}", // feeds of the notebook's folder count
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(project),
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        Array.ForEach(FromOuterBuilds, name => start.Environment.Remove(name));
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"Could not start {start.FileName}.");
        using var killer = stop.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        stop.ThrowIfCancellationRequested();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }

    private static string Reason(string output)
    {
        var errors = ErrorLine().Matches(output).Select(match => $"{match.Groups[1].Value.TrimEnd()}").Distinct().ToArray();
        var lines = errors.Length > 0 ? errors : output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join('\n', lines.Take(LinesOfReason));
    }

    [GeneratedRegex(@"error ([A-Z]+\d+: [^\r\n]*)")]
    private static partial Regex ErrorLine();
}
