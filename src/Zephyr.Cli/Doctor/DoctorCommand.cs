using System.Runtime.InteropServices;
using Zephyr.Runtime;

namespace Zephyr.Cli.Doctor;

/// <summary><c>doctor</c>: looks at everything a reader's machine must have and says in words what is wrong and how to mend it.</summary>
internal static class DoctorCommand
{
    private const double NeededGib = 3;

    /// <summary>Prints one line a finding.</summary>
    /// <param name="arguments">None are taken.</param>
    /// <returns>0 when nothing is ill, 1 otherwise.</returns>
    /// <exception cref="UsageException">There are words.</exception>
    public static Task<int> Run(string[] arguments)
    {
        if (arguments.Length > 0)
        {
            throw new UsageException($"doctor takes no words, got \"{string.Join(' ', arguments)}\".");
        }

        var ill = 0;
        foreach (var finding in Findings())
        {
            var mark = finding.Verdict switch { Verdict.Well => "ok   ", Verdict.Note => "note ", _ => "ILL  " };
            Console.WriteLine($"{mark} {finding.What,-16} {finding.Words}");
            if (finding.Remedy is not null)
            {
                Console.WriteLine($"      {"",-16} -> {finding.Remedy}");
            }

            ill += finding.Verdict == Verdict.Ill ? 1 : 0;
        }

        Console.WriteLine(ill == 0 ? "Nothing is ill." : $"{ill} to mend.");
        return Task.FromResult(ill == 0 ? 0 : 1);
    }

    private static IEnumerable<Finding> Findings()
    {
        yield return new("system", Verdict.Well,
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}.");

        var native = NativeLibraries.Look(AppContext.BaseDirectory);
        yield return native;
        if (native.Verdict != Verdict.Ill)
        {
            foreach (var finding in Torch())
            {
                yield return finding;
            }
        }

        foreach (var finding in KernelSpecs.Look(KernelSpecs.DataFolders()))
        {
            yield return finding;
        }

        yield return NotebookFolder();
        yield return Disk();
        yield return Models();
    }

    private static IEnumerable<Finding> Torch()
    {
        var report = Startup.Start();
        yield return new("threads", Verdict.Well, $"{report.Threads} for one operation; models go to {report.Device} unless told otherwise.");
        foreach (var choice in report.Choices)
        {
            yield return new(choice.Name, choice.Taken ? Verdict.Well : Verdict.Note, choice.Detail);
        }
    }

    private static Finding NotebookFolder()
    {
        const string Remedy = "dotnet build -c Release";
        if (Checkout() is not { } root)
        {
            return new("notebooks", Verdict.Note, $"No Zephyr.Notebooks.sln above {AppContext.BaseDirectory}: the notebooks' folder is not checked.");
        }

        var built = Path.Combine(root, "artifacts", "bin", "Zephyr.Notebooks", "release", "Zephyr.Notebooks.dll");
        if (!File.Exists(built))
        {
            return new("notebooks", Verdict.Ill, $"{built} is missing: the first cell of every notebook loads it.", Remedy);
        }

        var newest = Directory.EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories).Max(File.GetLastWriteTimeUtc);
        return newest > File.GetLastWriteTimeUtc(Path.Combine(Path.GetDirectoryName(built)!, "Zephyr.dll")) && newest > File.GetLastWriteTimeUtc(built)
            ? new("notebooks", Verdict.Note, "A source file is newer than what the notebooks load.", Remedy)
            : new("notebooks", Verdict.Well, $"They load {built}.");
    }

    private static Finding Disk()
    {
        var drive = new DriveInfo(Checkout() ?? AppContext.BaseDirectory);
        var free = drive.AvailableFreeSpace / Math.Pow(1024, 3);
        return free < NeededGib
            ? new("disk", Verdict.Ill, $"{free:F1} GiB free on {drive.Name}; a build with its packages and runs needs {NeededGib:F0}.", "make room, or delete artifacts/ and data/runs/ (both are made again)")
            : new("disk", Verdict.Well, $"{free:F1} GiB free on {drive.Name}.");
    }

    private static Finding Models() => Environment.GetEnvironmentVariable("ZEPHYR_MODELS") switch
    {
        null or "" => new("real model", Verdict.Note, "ZEPHYR_MODELS is not set: everything runs on the embedded world; what needs a real model is left out and says so."),
        var folder when Directory.Exists(folder) => new("real model", Verdict.Well, $"ZEPHYR_MODELS is {folder}."),
        var folder => new("real model", Verdict.Ill, $"ZEPHYR_MODELS names {folder}, which is not a folder.", "set it to the folder that holds the model files, or unset it"),
    };

    private static string? Checkout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Zephyr.Notebooks.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
