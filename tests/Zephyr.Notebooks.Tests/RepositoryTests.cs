namespace Zephyr.Notebooks.Tests;

public sealed class RepositoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zephyr-repository");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_root_is_found_from_a_folder_deep_inside()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "Zephyr.Notebooks.sln"), "");
        var deep = _folder.CreateSubdirectory("a/b/c");

        Assert.Equal(_folder.FullName, Repository.RootFrom(deep.FullName));
    }

    [Fact]
    public void The_second_start_counts_where_the_first_is_elsewhere()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "Zephyr.Notebooks.sln"), "");

        Assert.Equal(_folder.FullName, Repository.RootFrom(Path.GetPathRoot(_folder.FullName)!, _folder.FullName));
    }

    [Fact]
    public void Outside_a_clone_the_message_says_where_was_looked()
    {
        var fault = Assert.Throws<DirectoryNotFoundException>(() => Repository.RootFrom(_folder.FullName));

        Assert.Contains(_folder.FullName, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_is_named()
    {
        Assert.EndsWith("global.json", Repository.Find("global.json"), StringComparison.Ordinal);
        Assert.StartsWith("data/none.jsonl is not in ", Assert.Throws<FileNotFoundException>(() => Repository.Find("data/none.jsonl")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_are_said_as_a_reader_writes_them() => Assert.Equal("data/runs", Repository.Relative(Repository.Runs));
}
