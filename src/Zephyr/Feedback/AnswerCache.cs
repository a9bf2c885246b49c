using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Zephyr.Feedback;

/// <summary>
/// Answers that cost time or money, kept on disk under the hash of everything that made them. A rerun finds them; a stop loses none:
/// every answer is one appended line, and a line that a crash cut short is removed when the file is opened again.
/// </summary>
/// <remarks>One process at a time may hold a cache open. Safe for several threads.</remarks>
public sealed class AnswerCache : IDisposable
{
    private readonly Dictionary<string, string> _answers = [];
    private readonly FileStream _file;
    private readonly Lock _gate = new();

    private AnswerCache(FileStream file) => _file = file;

    /// <summary>How many answers are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _answers.Count;
            }
        }
    }

    /// <summary>Opens the cache in <paramref name="folder"/>, or begins one there.</summary>
    /// <exception cref="IOException">Another process has it open.</exception>
    /// <exception cref="InvalidDataException">A whole line is not an answer: the file was changed by something else.</exception>
    public static AnswerCache Open(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "answers.jsonl");
        var cache = new AnswerCache(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        try
        {
            cache.ReadAll(path);
            return cache;
        }
        catch
        {
            cache.Dispose();
            throw;
        }
    }

    /// <summary>The key of an answer: SHA-256 over all parts with their lengths, so that moving a letter from one part to the next changes it.</summary>
    /// <param name="parts">Everything that decides the answer: who is asked, what, with which settings.</param>
    public static string KeyOf(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The answer kept under <paramref name="key"/>, or null.</summary>
    public string? Find(string key)
    {
        lock (_gate)
        {
            return _answers.GetValueOrDefault(key);
        }
    }

    /// <summary>Keeps an answer; it is on its way to the disk when this returns. Keeping the same key twice keeps the first.</summary>
    public void Add(string key, string answer)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(answer);
        lock (_gate)
        {
            if (_answers.TryAdd(key, answer))
            {
                _file.Write([.. JsonSerializer.SerializeToUtf8Bytes(new Line(key, answer)), (byte)'\n']);
                _file.Flush();
            }
        }
    }

    /// <summary>The answer kept under <paramref name="key"/>; where there is none, <paramref name="make"/> makes it and it is kept.</summary>
    public async Task<string> GetOrAddAsync(string key, Func<Task<string>> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        if (Find(key) is { } kept)
        {
            return kept;
        }

        var answer = await make().ConfigureAwait(false);
        Add(key, answer);
        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void ReadAll(string path)
    {
        var bytes = new byte[_file.Length];
        _file.ReadExactly(bytes);
        var whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        _file.SetLength(whole);
        _file.Position = whole;
        for (var (start, number) = (0, 1); start < whole; number++)
        {
            var length = bytes.AsSpan(start, whole - start).IndexOf((byte)'\n');
            Read(bytes.AsSpan(start, length), path, number);
            start += length + 1;
        }
    }

    private void Read(ReadOnlySpan<byte> text, string path, int number)
    {
        if (Parse(text) is not { Key: { } key, Answer: { } answer })
        {
            throw new InvalidDataException($"{path}:{number}: not a kept answer. Delete the file to begin anew; every answer is then asked for again.");
        }

        _answers.TryAdd(key, answer);
    }

    private static Line? Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(text);
        }
        catch (JsonException)
        {
            return null; // the caller names file and line
        }
    }

    private sealed record Line(string? Key, string? Answer);
}
