namespace Zephyr.Kernel.Commands;

/// <summary>The commands of this program, by their words.</summary>
internal static class Commands
{
    private const string Usage = $"""
        The C# kernel of Zephyr.Notebooks.

          {InstallCommand.Usage}
          {StartCommand.Usage}
          {RunCommand.Usage}
          {ExportCommand.Usage}
        """;

    /// <summary>Runs the command that the first word names.</summary>
    /// <returns>The exit code: 0 for success, 1 for a failure, 2 for words that mean nothing.</returns>
    public static int Run(IReadOnlyList<string> words)
    {
        var console = Console.Error; // before a command captures it
        try
        {
            switch (words.Count == 0 ? null : words[0])
            {
                case "run":
                    return RunCommand.Run([.. words.Skip(1)]);
                case "export":
                    return ExportCommand.Run([.. words.Skip(1)]);
                case "start":
                    return StartCommand.Run([.. words.Skip(1)]);
                case "install":
                    return InstallCommand.Install([.. words.Skip(1)]);
                case "uninstall":
                    return InstallCommand.Uninstall([.. words.Skip(1)]);
                case ExecuteCommand.Name:
                    return ExecuteCommand.Run([.. words.Skip(1)]);
                case null or "help" or "--help" or "-h":
                    Console.WriteLine(Usage);
                    return 0;
                default:
                    throw new ArgumentException($"There is no command {words[0]}.\n{Usage}");
            }
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or InvalidDataException)
        {
            console.WriteLine(exception.Message);
            return exception is ArgumentException ? 2 : 1;
        }
    }
}
