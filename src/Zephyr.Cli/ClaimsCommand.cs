using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Zephyr.Cli.Claims;
using Zephyr.Recipe;
using Zephyr.Recipe.Claims;

namespace Zephyr.Cli;

/// <summary>Runs what the claims of <c>data/claims.json</c> are decided by, and prints each beside the paper's number, whether it holds or not.</summary>
internal static class ClaimsCommand
{
    /// <summary>One sentence for the table of commands.</summary>
    public const string Summary = "decide the claims of data/claims.json on its seeds and print them beside the paper's numbers "
        + "[--reverse labels|swap|length|noise|teacher|all] [--ablate epochs|betas|filters|all] [--seeds 1,2,3] [--split dev|test] [--prompts N] [--workers 2] [--claims FILE] [--settings show] [--data FOLDER]";

    private static readonly ClaimGroup[] Reversed = [ClaimGroup.Labels, ClaimGroup.Swap, ClaimGroup.Length, ClaimGroup.Noise, ClaimGroup.Teacher];
    private static readonly ClaimGroup[] Ablated = [ClaimGroup.Epochs, ClaimGroup.Betas, ClaimGroup.Filters];

    /// <summary>Runs the command.</summary>
    /// <returns>0 where every required claim that was run holds, 1 where one does not.</returns>
    public static async Task<int> RunAsync(string[] words)
    {
        var arguments = new Arguments(words, ["--reverse", "--ablate", "--seeds", "--split", "--prompts", "--workers", "--claims", "--settings", "--data", .. ClaimWorker.Options]);
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };

        var folder = Path.GetFullPath(arguments.DataFolder());
        if (arguments.Text("--settings", "") is { Length: > 0 })
        {
            Console.WriteLine(SettingsHash.Of(new WorldData(folder)));
            return 0;
        }

        if (arguments.Text("--job", "") is { Length: > 0 })
        {
            return ClaimWorker.Run(arguments, folder, stop.Token);
        }

        var set = ClaimSet.Load(arguments.Text("--claims", Path.Combine(folder, ClaimSet.FileName)));
        var (split, prompts) = (arguments.OneOf("--split", set.Split, set.Split == "dev" ? "test" : "dev"), arguments.Number("--prompts", set.Prompts));
        var run = new ClaimRun(set, folder, split, prompts, Groups(arguments), arguments.Text("--seeds", "") is "" ? null : arguments.Numbers("--seeds", ""));
        run.Announce(AnsiConsole.Console);
        var clock = Stopwatch.StartNew();
        await run.MakeAsync(AnsiConsole.Console, Math.Max(1, arguments.Number("--workers", 2)), stop.Token);
        var results = run.Decide(stop.Token);
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"made and decided in {clock.Elapsed.TotalMinutes:0.0} minutes");
        ClaimTable.Print(AnsiConsole.Console, results.Outcomes);
        if (results.Families.Count > 0)
        {
            ClaimTable.PrintFamilies(AnsiConsole.Console, results.Families);
        }

        AnsiConsole.MarkupLineInterpolated($"written to {run.Save(results)}");
        return results.Outcomes.All(outcome => outcome.Holds == true || !outcome.Claim.Required) ? 0 : 1;
    }

    private static ClaimGroup[] Groups(Arguments arguments)
    {
        var (reverse, ablate) = (arguments.Text("--reverse", ""), arguments.Text("--ablate", ""));
        ClaimGroup[] chosen = [.. Chosen("--reverse", reverse, Reversed), .. Chosen("--ablate", ablate, Ablated)];
        return chosen.Length > 0 ? chosen : [ClaimGroup.Paper];
    }

    private static IEnumerable<ClaimGroup> Chosen(string option, string text, ClaimGroup[] groups) => text switch
    {
        "" => [],
        "all" => groups,
        _ => text.Split(',').Select(word => groups.Cast<ClaimGroup?>().FirstOrDefault(group => Word(group!.Value) == word)
            ?? throw new UsageException($"{option} wants some of {string.Join(", ", groups.Select(Word))}, or all, not \"{word}\".")),
    };

    private static string Word(ClaimGroup group) => group.ToString().ToLowerInvariant();
}
