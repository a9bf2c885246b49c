using Zephyr.Feedback;

namespace Zephyr.Tests.Feedback;

public sealed class AnswerCacheTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("zephyr-answers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_second_opening_finds_every_answer_and_asks_nobody()
    {
        var key = AnswerCache.KeyOf("writer", "Where does Mira live?");
        using (var cache = AnswerCache.Open(_folder))
        {
            Assert.Equal("Zeile 1\nDoral. 🚢", await cache.GetOrAddAsync(key, () => Task.FromResult("Zeile 1\nDoral. 🚢")));
        }

        using var again = AnswerCache.Open(_folder);
        Assert.Equal("Zeile 1\nDoral. 🚢", await again.GetOrAddAsync(key, () => throw new InvalidOperationException("asked again")));
    }

    [Fact]
    public void A_line_cut_by_a_crash_is_removed_and_the_others_stay()
    {
        using (var cache = AnswerCache.Open(_folder))
        {
            cache.Add("a", "1");
            cache.Add("b", "2");
        }

        var path = Path.Combine(_folder, "answers.jsonl");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^4]);

        using (var cache = AnswerCache.Open(_folder))
        {
            Assert.Equal(("1", null, 1), (cache.Find("a"), cache.Find("b"), cache.Count));
            cache.Add("b", "3");
        }

        using var again = AnswerCache.Open(_folder);
        Assert.Equal(("1", "3"), (again.Find("a"), again.Find("b")));
    }

    [Fact]
    public async Task A_failed_answer_is_not_kept()
    {
        using var cache = AnswerCache.Open(_folder);
        await Assert.ThrowsAsync<HttpRequestException>(() => cache.GetOrAddAsync("a", () => throw new HttpRequestException("down")));
        Assert.Equal("up", await cache.GetOrAddAsync("a", () => Task.FromResult("up")));
    }

    [Fact]
    public void A_whole_line_of_something_else_is_refused_with_its_number()
    {
        File.WriteAllText(Path.Combine(_folder, "answers.jsonl"), "{\"Key\":\"a\",\"Answer\":\"1\"}\n{\"Key\":\"b\"}\n");
        var error = Assert.Throws<InvalidDataException>(() => AnswerCache.Open(_folder));
        Assert.Contains("answers.jsonl:2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_owners_at_once_are_refused()
    {
        using var cache = AnswerCache.Open(_folder);
        Assert.Throws<IOException>(() => AnswerCache.Open(_folder));
    }

    [Fact]
    public void A_letter_moved_between_parts_changes_the_key()
    {
        Assert.NotEqual(AnswerCache.KeyOf("ab", "c"), AnswerCache.KeyOf("a", "bc"));
        Assert.Equal(AnswerCache.KeyOf("ab", "c"), AnswerCache.KeyOf("ab", "c"));
    }
}
