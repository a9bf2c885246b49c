using Zephyr.Recipe;
using Zephyr.Recipe.Claims;
using Zephyr.Rows;
using Zephyr.TinyWorld;

namespace Zephyr.Tests.Recipe;

public class ShippedDataTests
{
    private static readonly string Folder = Path.Combine(GoldenFiles.RepositoryRoot, "data");
    private static readonly WorldData Data = new(Folder);

    [Fact]
    public void Shipped_rows_are_those_that_the_world_makes()
    {
        Assert.Equal(Text(WorldRows.Dialogues(World.Standard, 1, WorldData.DialogueCount)), Text(RowFile.Read<Dialogue>(Data.PathOf("dialogues"))));
        Assert.Equal(Text(WorldRows.Evaluation(World.Standard, "test", WorldData.TestCount)), Text(RowFile.Read<Dialogue>(Data.PathOf("test"))));
        Assert.Equal(Text(WorldRows.Evaluation(World.Standard, "dev", WorldData.DevelopmentCount)), Text(RowFile.Read<Dialogue>(Data.PathOf("dev"))));
        var rated = WorldRows.RatedPrompts(World.Standard, 1, WorldData.PairCount, TestContext.Current.CancellationToken).ToBlockingEnumerable(TestContext.Current.CancellationToken).ToArray();
        Assert.Equal(Text(rated), Text(RowFile.Read<RatedPrompt>(Data.PathOf("feedback"))));
        Assert.Equal(Text(WorldRows.Pairs(rated)), Text(RowFile.Read<PreferencePair>(Data.PathOf("pairs"))));
    }

    [Fact]
    public void The_shipped_tokenizer_is_the_one_that_training_makes()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("zephyr-tokenizer-").FullName, "tokenizer.model");
        WorldTokenizer.Train(World.Standard).Write(path);
        Assert.Equal(File.ReadAllBytes(Data.TokenizerPath), File.ReadAllBytes(path));
    }

    [Fact]
    public void Shipped_checkpoints_are_those_of_the_current_settings()
    {
        // An empty run folder beside the shipped files, so that only these can be found.
        var folder = Directory.CreateTempSubdirectory("zephyr-data-").FullName;
        foreach (var shipped in (string[])["world", "checkpoints"])
        {
            Directory.CreateSymbolicLink(Path.Combine(folder, shipped), Path.Combine(Folder, shipped));
        }

        var recipe = new TinyRecipe(folder);
        Assert.Equal(Origin.Shipped, recipe.Base.Found?.Origin);
        Assert.Equal(Origin.Shipped, recipe.Sft.Found?.Origin);
        Assert.Equal(Origin.Shipped, recipe.Dpo.Found?.Origin);
        var seeds = ClaimSet.Load(Path.Combine(Folder, ClaimSet.FileName)).Seeds.Paper;
        Assert.All(seeds, seed => Assert.Equal(Origin.Shipped, new TinyRecipe(folder, seed).Base.Found?.Origin));
        Assert.Null(new TinyRecipe(folder, seeds[0]).Sft.Found);
        Assert.False(Directory.Exists(Path.Combine(folder, "runs")));
        Assert.Equal("dSFT: shipped with the project.", recipe.Sft.Describe());
    }

    [Fact]
    public void The_data_cards_carry_the_hashes_of_the_files()
    {
        var cards = File.ReadAllText(Path.Combine(Folder, "README.md"));
        var files = Directory.GetFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.StartsWith(Path.Combine(Folder, "runs"), StringComparison.Ordinal) && Path.GetFileName(file) is not ("README.md" or "config.json" or "made.json"))
            .ToArray();

        Assert.True(files.Length >= 13);
        Assert.All(files, file => Assert.Contains(RunCache.HashOfFile(file), cards, StringComparison.Ordinal));
        Assert.True(files.Sum(file => new FileInfo(file).Length) < 40 << 20);
    }

    [Fact]
    public void The_published_log_keeps_its_own_arithmetic()
    {
        // Margin is chosen minus rejected reward, and log-probability minus reward / 0.1 is the reference's: summed log-probabilities, beta 0.1.
        var rows = File.ReadAllLines(Path.Combine(Folder, "zephyr-7b-beta-dpo-eval.csv")).Skip(1).Select(line => line.Split(',').Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray()).ToArray();

        Assert.Equal(58, rows.Length);
        Assert.All(rows, row =>
        {
            Assert.Equal(row[6], row[3] - row[4], 1.1e-4);
            Assert.Equal(-254.235, row[8] - row[3] / 0.1, 1e-3);
            Assert.Equal(-256.970, row[7] - row[4] / 0.1, 1e-3);
        });
    }

    private static string Text<T>(IEnumerable<T> rows)
        where T : IRow<T>
    {
        using var buffer = new MemoryStream();
        foreach (var row in rows)
        {
            using var json = new System.Text.Json.Utf8JsonWriter(buffer);
            json.WriteStartObject();
            row.WriteFields(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
