namespace Zephyr.Kernel.Commands;

/// <summary>The words after a command: options that begin with two dashes, all others are arguments.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> _options = [];

    /// <summary>Sorts the words.</summary>
    /// <param name="words">What follows the command.</param>
    /// <param name="flags">Options without a value.</param>
    /// <param name="valued">Options whose value is the next word.</param>
    /// <exception cref="ArgumentException">An option is unknown or lacks its value.</exception>
    public CommandLine(IReadOnlyList<string> words, string[] flags, string[] valued)
    {
        List<string> arguments = [];
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (!word.StartsWith("--", StringComparison.Ordinal))
            {
                arguments.Add(word);
            }
            else if (flags.Contains(word))
            {
                _options[word] = "";
            }
            else if (valued.Contains(word))
            {
                _options[word] = i + 1 < words.Count ? words[++i] : throw new ArgumentException($"{word} wants a value.");
            }
            else
            {
                throw new ArgumentException($"There is no option {word} here; there are {string.Join(", ", [.. flags, .. valued])}.");
            }
        }

        Arguments = arguments;
    }

    /// <summary>The words that are no options.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>Whether the option was given.</summary>
    public bool Has(string option) => _options.ContainsKey(option);

    /// <summary>The value of an option; null where it was not given.</summary>
    public string? Value(string option) => _options.GetValueOrDefault(option);
}
