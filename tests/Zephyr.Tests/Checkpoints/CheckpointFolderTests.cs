using Zephyr.Checkpoints;

namespace Zephyr.Tests.Checkpoints;

/// <summary>Checkpoints appear whole or not at all, and a damaged one is passed over.</summary>
public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Root => _folder.At();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_newest_few_stay()
    {
        foreach (var step in new[] { 10, 20, 30, 40 })
        {
            Write(step, keep: 2);
        }

        Assert.Equal(["step-000030", "step-000040"], Directory.GetDirectories(Root).Select(Path.GetFileName).Order());
        Assert.Equal(40, CheckpointFolder.Newest(Root)!.Step);
    }

    [Fact]
    public void No_checkpoint_is_null() => Assert.Null(CheckpointFolder.Newest(Path.Combine(Root, "none")));

    [Theory]
    [InlineData("truncated")]
    [InlineData("changed")]
    [InlineData("missing")]
    [InlineData("no manifest")]
    [InlineData("broken manifest")]
    public void A_damaged_checkpoint_is_passed_over_with_its_reason(string damage)
    {
        Write(10);
        var newest = Write(20);
        var (data, manifest) = (Path.Combine(newest, "a.bin"), Path.Combine(newest, "manifest.json"));
        switch (damage)
        {
            case "truncated": File.WriteAllBytes(data, [20]); break;
            case "changed": File.WriteAllBytes(data, [20, 2, 4]); break;
            case "missing": File.Delete(data); break;
            case "no manifest": File.Delete(manifest); break;
            default: File.WriteAllText(manifest, "{\"a.bin\": "); break;
        }

        var found = CheckpointFolder.Newest(Root)!;

        Assert.Equal(10, found.Step);
        Assert.Contains(newest, Assert.Single(found.PassedOver), StringComparison.Ordinal);
    }

    [Fact]
    public void When_none_is_whole_that_is_an_error_and_not_a_new_beginning()
    {
        File.Delete(Path.Combine(Write(10), "a.bin"));

        var error = Assert.Throws<InvalidDataException>(() => CheckpointFolder.Newest(Root));

        Assert.Contains("lacks a.bin", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_fails_leaves_the_older_ones_and_the_next_clears_up_after_it()
    {
        Write(10);
        Assert.Throws<IOException>(() => CheckpointFolder.Write(Root, 20, folder =>
        {
            File.WriteAllBytes(Path.Combine(folder, "a.bin"), [1]);
            throw new IOException("No space left on device");
        }));
        Assert.Equal(10, CheckpointFolder.Newest(Root)!.Step);

        Write(20);

        Assert.Equal(20, CheckpointFolder.Newest(Root)!.Step);
        Assert.Equal(["step-000010", "step-000020"], Directory.GetDirectories(Root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Writing_a_step_again_replaces_it()
    {
        Write(10);
        CheckpointFolder.Write(Root, 10, folder => File.WriteAllBytes(Path.Combine(folder, "b.bin"), [9]));

        Assert.Equal(["b.bin", "manifest.json"], Directory.GetFiles(CheckpointFolder.Newest(Root)!.Folder).Select(Path.GetFileName).Order());
    }

    private string Write(int step, int keep = 9) => CheckpointFolder.Write(Root, step, folder => File.WriteAllBytes(Path.Combine(folder, "a.bin"), [(byte)step, 2, 3]), keep);
}
