using Spectre.Console;
using Zephyr.Recipe;
using Zephyr.Recipe.Claims;
using Zephyr.Rows;
using Zephyr.TinyWorld;

namespace Zephyr.Cli;

/// <summary>Rebuilds what <c>data/</c> ships of the embedded world: rows, tokenizer, checkpoints, data cards.</summary>
internal static class WorldCommand
{
    /// <summary>One sentence for the table of commands.</summary>
    public const string Summary = "rebuild the embedded world in data/: rows, tokenizer, checkpoints, data cards [--data FOLDER] [--only rows|checkpoints|bases|cards]";

    /// <summary>Runs the command.</summary>
    public static Task<int> RunAsync(string[] words)
    {
        var arguments = new Arguments(words, "--data", "--only");
        var (folder, only) = (arguments.DataFolder(), arguments.Text("--only", "all"));
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };

        if (only is "all" or "rows")
        {
            WriteRows(folder);
        }

        if (only is "all" or "checkpoints")
        {
            WriteCheckpoints(folder, stop.Token);
        }

        if (only is "all" or "bases")
        {
            WriteBases(folder, stop.Token);
        }

        if (only is "all" or "cards")
        {
            DataCards.Write(folder);
            AnsiConsole.MarkupLineInterpolated($"cards  {Path.Combine(folder, "README.md")}");
        }

        return Task.FromResult(0);
    }

    /// <summary>Writes all rows and the tokenizer anew, whatever lies there.</summary>
    internal static void WriteRows(string folder)
    {
        var world = World.Standard;
        var data = new WorldData(folder);
        Directory.CreateDirectory(data.Folder);
        var rated = WorldRows.RatedPrompts(world, WorldData.ShippedSeed, WorldData.PairCount).ToBlockingEnumerable().ToArray();
        var heldOut = WorldRows.HeldOutRatedPrompts(world, WorldData.HeldOutPairCount).ToBlockingEnumerable().ToArray();
        RowFile.Write(data.PathOf("dialogues"), WorldRows.Dialogues(world, WorldData.ShippedSeed, WorldData.DialogueCount));
        RowFile.Write(data.PathOf("feedback"), rated);
        RowFile.Write(data.PathOf("feedback-held-out"), heldOut);
        RowFile.Write(data.PathOf("pairs"), WorldRows.Pairs(rated));
        RowFile.Write(data.PathOf("pairs-held-out"), WorldRows.Pairs(heldOut));
        RowFile.Write(data.PathOf("dev"), WorldRows.Evaluation(world, "dev", WorldData.DevelopmentCount));
        RowFile.Write(data.PathOf("test"), WorldRows.Evaluation(world, "test", WorldData.TestCount));
        WorldTokenizer.Train(world).Write(data.TokenizerPath);
        AnsiConsole.MarkupLineInterpolated($"rows and tokenizer  {data.Folder}");
    }

    private static void WriteCheckpoints(string folder, CancellationToken cancelled)
    {
        var recipe = new TinyRecipe(folder);
        (Stage Stage, string Name)[] shipped = [(recipe.Base, "base"), (recipe.Sft, "dsft"), (recipe.Dpo, "ddpo")];
        var progress = new StageProgress(AnsiConsole.Console);
        foreach (var (stage, name) in shipped)
        {
            progress.Run([stage], cancelled);
            Ship(stage.Found!.Value.Folder, Path.Combine(folder, "checkpoints", name));
        }
    }

    /// <summary>The base models of the seeds that decide claims: most of what a run of <c>claims</c> would otherwise wait for.</summary>
    private static void WriteBases(string folder, CancellationToken cancelled)
    {
        foreach (var seed in ClaimSet.Load(Path.Combine(folder, ClaimSet.FileName)).Seeds.Paper)
        {
            var stage = new TinyRecipe(folder, seed).Base;
            new StageProgress(AnsiConsole.Console).Run([stage], cancelled);
            Ship(stage.Found!.Value.Folder, Path.Combine(folder, "checkpoints", TinyRecipe.ShippedBase(seed)));
        }
    }

    private static void Ship(string from, string to)
    {
        if (Path.GetFullPath(from) == Path.GetFullPath(to))
        {
            return;
        }

        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from).OrderBy(file => Path.GetFileName(file) == "made.json"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }
}
