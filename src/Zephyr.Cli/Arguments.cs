using System.Globalization;

namespace Zephyr.Cli;

/// <summary>The words after a command: <c>--name value</c> pairs, nothing else.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Reads the words; only the names given are known.</summary>
    /// <exception cref="UsageException">A name that the command does not know, or one without a value.</exception>
    public Arguments(string[] words, params string[] known)
    {
        for (var i = 0; i < words.Length; i += 2)
        {
            if (!known.Contains(words[i]))
            {
                throw new UsageException($"\"{words[i]}\" is not understood.");
            }

            if (i + 1 == words.Length)
            {
                throw new UsageException($"{words[i]} wants a value after it.");
            }

            _values[words[i]] = words[i + 1];
        }
    }

    /// <summary>A text, or what stands for it.</summary>
    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    /// <summary>One of a few words, the first where nothing is given.</summary>
    /// <exception cref="UsageException">Another word.</exception>
    public string OneOf(string name, params string[] words) => Text(name, words[0]) is var word && words.Contains(word)
        ? word
        : throw new UsageException($"{name} wants one of {string.Join(", ", words)}, not \"{word}\".");

    /// <summary>Whole numbers with commas between.</summary>
    /// <exception cref="UsageException">Something else.</exception>
    public IReadOnlyList<long> Numbers(string name, string otherwise) =>
    [
        .. Text(name, otherwise).Split(',').Select(text => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UsageException($"{name} wants whole numbers with commas between, not \"{text}\".")),
    ];

    /// <summary>One whole number, at least 0.</summary>
    /// <exception cref="UsageException">Something else.</exception>
    public int Number(string name, int otherwise) => !_values.TryGetValue(name, out var text) ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new UsageException($"{name} wants a whole number, not \"{text}\".");

    /// <summary>The repository's data folder: given, or found upwards from where the command runs.</summary>
    /// <exception cref="UsageException">Neither.</exception>
    public string DataFolder()
    {
        if (_values.TryGetValue("--data", out var given))
        {
            return given;
        }

        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Zephyr.Notebooks.sln")))
            {
                return Path.Combine(folder.FullName, "data");
            }
        }

        throw new UsageException($"No Zephyr.Notebooks.sln above {Environment.CurrentDirectory}. Run inside the repository, or name the folder: --data FOLDER.");
    }
}
