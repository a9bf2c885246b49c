using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Protocol;

/// <summary>The cells of all sessions of a user, a line of JSON each. Kernels that run side by side append to the same file.</summary>
/// <param name="path">Need not exist.</param>
/// <param name="log">Is told when the file cannot be used: a history is a comfort, never a reason to fail.</param>
internal sealed class HistoryFile(string path, Action<string> log)
{
    private const int Most = 10_000; // cells; beyond them the older half is forgotten at the next start

    private static readonly FileStreamOptions OnlyForThisUser = Options();

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(20);

    /// <summary>The file of this user.</summary>
    public static string UserPath()
    {
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } chosen ? chosen
            : OperatingSystem.IsLinux() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state")
            : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return Path.Combine(state, "zephyr-csharp", "history.jsonl");
    }

    /// <summary>What sessions left, the oldest first; what is no line of a history is left out.</summary>
    /// <param name="except">The name of a session that is not wanted.</param>
    public IReadOnlyList<HistoryEntry> Read(string except)
    {
        List<HistoryEntry> entries = [];
        WithFile(stream =>
        {
            using var reader = new StreamReader(stream, leaveOpen: true);
            var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines.Length > Most)
            {
                lines = lines[^(Most / 2)..];
                stream.SetLength(0);
                stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
            }

            var sessions = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var line in lines)
            {
                if (Parse(line) is var (name, number, code) && name != except)
                {
                    sessions.TryAdd(name, sessions.Count + 1);
                    entries.Add(new(sessions[name], number, code));
                }
            }
        });
        return [.. entries.OrderBy(e => e.Session)];
    }

    /// <summary>Adds a cell.</summary>
    /// <param name="session">A name that no other session has.</param>
    /// <param name="number">The cell's execution count.</param>
    /// <param name="code">Its text.</param>
    public void Append(string session, int number, string code)
    {
        var line = new JsonObject { ["session"] = session, ["number"] = number, ["code"] = code }.ToJsonString() + "\n";
        WithFile(stream =>
        {
            stream.Seek(0, SeekOrigin.End);
            stream.Write(Encoding.UTF8.GetBytes(line));
        });
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // cells may hold what is nobody else's business
        }

        return options;
    }

    private static (string Session, int Number, string Code)? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject entry && (string?)entry["session"] is { } session && (int?)entry["number"] is { } number && (string?)entry["code"] is { } code
                ? (session, number, code)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null; // cut short by a power failure, or written by hand
        }
    }

    private void WithFile(Action<Stream> use)
    {
        for (var tries = 10; ; tries--)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                using var stream = new FileStream(path, OnlyForThisUser);
                use(stream);
                return;
            }
            catch (IOException) when (tries > 0 && File.Exists(path))
            {
                Thread.Sleep(BetweenTries); // another kernel writes
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                log($"The history is not kept: {exception.Message}");
                return;
            }
        }
    }
}
