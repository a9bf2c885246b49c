namespace Zephyr.Cli;

/// <summary>The words that can follow <c>zephyr</c>, each with one sentence and what it runs. A new command is one more row here.</summary>
internal static class CommandTable
{
    /// <summary>All commands in the order in which a newcomer needs them. Each takes the words after its name and returns the exit code.</summary>
    public static IReadOnlyList<Command> All { get; } =
    [
        new("doctor", "looks at this machine and says what is wrong and how to mend it", Doctor.DoctorCommand.Run),
        new("world", WorldCommand.Summary, WorldCommand.RunAsync),
        new("recipe", RecipeCommand.Summary, RecipeCommand.RunAsync),
        new("claims", ClaimsCommand.Summary, ClaimsCommand.RunAsync),
        new("kill-test", KillTest.KillTestCommand.Summary, KillTest.KillTestCommand.RunAsync),
        new("preflight", PreflightCommand.Summary, PreflightCommand.Run),
    ];

    /// <summary>Runs the command that <paramref name="args"/> names, or prints the table.</summary>
    /// <param name="args">The command's name, then its own words.</param>
    /// <param name="output">Where the table is printed.</param>
    /// <returns>The command's exit code; 0 after printing help that was asked for, 2 when no such command exists.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        var name = args.FirstOrDefault() ?? "help";
        var command = All.FirstOrDefault(candidate => candidate.Name == name);
        if (command is not null)
        {
            return await RunAsync(command, args[1..], output);
        }

        var asked = name is "help" or "--help" or "-h";
        if (!asked)
        {
            await output.WriteLineAsync($"There is no command \"{name}\".");
        }

        await output.WriteLineAsync("dotnet run -c Release --project src/Zephyr.Cli -- COMMAND [OPTIONS]");
        foreach (var known in All)
        {
            await output.WriteLineAsync($"  {known.Name,-10} {known.Summary}");
        }

        return asked ? 0 : 2;
    }

    private static async Task<int> RunAsync(Command command, string[] words, TextWriter output)
    {
        if (words is ["--help" or "-h", ..])
        {
            await output.WriteLineAsync($"{command.Name}: {command.Summary}");
            return 0;
        }

        try
        {
            return await command.Run(words);
        }
        catch (UsageException error)
        {
            await output.WriteLineAsync($"{error.Message}\n{command.Name}: {command.Summary}");
            return 2;
        }
    }
}

/// <summary>One row of the table.</summary>
/// <param name="Name">What is typed.</param>
/// <param name="Summary">One sentence for the help.</param>
/// <param name="Run">Takes the words after the name, returns the exit code.</param>
internal sealed record Command(string Name, string Summary, Func<string[], Task<int>> Run);
