using Zephyr.Runtime;

namespace Zephyr.Notebooks;

/// <summary>The prologue of every notebook.</summary>
public static class Kit
{
    /// <summary>Starts Torch (natives, threads, precision) and says in one line on what, and where trainings leave their files. Running it again changes nothing.</summary>
    /// <exception cref="DirectoryNotFoundException">The notebook does not run inside a clone of the repository.</exception>
    public static void Start()
    {
        var report = Startup.Start();
        Console.WriteLine($"Ready: {report.Device}, {report.Threads} {(report.Threads == 1 ? "thread" : "threads")}; runs are kept in {Repository.Relative(Repository.Runs)}");
    }
}
