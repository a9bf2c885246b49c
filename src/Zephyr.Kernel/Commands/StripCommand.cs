using Zephyr.Kernel.Notebook;

namespace Zephyr.Kernel.Commands;

/// <summary><c>run --strip</c>: writes copies of notebooks for students.</summary>
internal static class StripCommand
{
    private const string DefaultFolder = "student"; // beside the notebook

    /// <summary>Writes the copies, all or none.</summary>
    /// <param name="paths">The notebooks.</param>
    /// <param name="output">The folder of the copies; null for <c>student</c> beside each notebook.</param>
    /// <returns>0.</returns>
    /// <exception cref="ArgumentException">A copy would take the place of a file that says something else: it may hold a student's work.</exception>
    public static int Run(IReadOnlyList<string> paths, string? output)
    {
        var targets = paths.ToDictionary(Path.GetFullPath, path => Path.Combine(output ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, DefaultFolder), Path.GetFileName(path)));
        if (targets.Values.GroupBy(Path.GetFullPath).FirstOrDefault(group => group.Count() > 1) is { } same)
        {
            throw new ArgumentException($"Two notebooks would become one file, {same.Key}: strip them into different folders.");
        }

        var copies = targets.Select(target => StudentCopy.Make(NotebookFile.Read(target.Key), target.Value, targets.Keys)).ToArray();
        foreach (var (copy, _) in copies)
        {
            if (File.Exists(copy.Path) && File.ReadAllText(copy.Path) != copy.ToText())
            {
                throw new ArgumentException($"{copy.Path} is there already and says something else. Take it away, or choose another folder with --output.");
            }
        }

        foreach (var (copy, leftOut) in copies)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy.Path)!);
            copy.Write();
            Console.WriteLine($"{copy.Path}: {leftOut} {(leftOut == 1 ? "solution" : "solutions")} left out");
        }

        return 0;
    }
}
