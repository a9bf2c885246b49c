using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Notebook;

/// <summary>One cell of a notebook file.</summary>
internal sealed class NotebookCell(JsonObject json)
{
    private const string ExpectedToRaise = "raises-exception";

    /// <summary><c>code</c>, <c>markdown</c> or <c>raw</c>.</summary>
    public string Type => json["cell_type"]?.GetValue<string>() ?? "";

    /// <summary>Whether the cell runs.</summary>
    public bool IsCode => Type == "code";

    /// <summary>The text, with <c>\n</c> as line end.</summary>
    public string Source
    {
        get => Joined(json["source"]).ReplaceLineEndings("\n");
        set => json["source"] = Lines(value);
    }

    /// <summary>Whether an error is what the cell is there to show (tag <c>raises-exception</c>).</summary>
    public bool MayRaise => HasTag(ExpectedToRaise);

    /// <summary>When the cell ran, counted from 1; null where it did not.</summary>
    public int? ExecutionCount => json["execution_count"]?.GetValue<int>();

    /// <summary>What is stored below the cell.</summary>
    public IEnumerable<JsonObject> Outputs => (json["outputs"] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>What a reader without pictures gets: the text of every stored output, one below the other.</summary>
    public string PlainOutput => string.Join("\n", Outputs.Select(output => Joined(output["text"] ?? output["data"]?["text/plain"] ?? output["evalue"])));

    /// <summary>Whether the cell's metadata carry a tag.</summary>
    public bool HasTag(string wanted) => json["metadata"]?["tags"] is JsonArray tags && tags.Any(tag => tag?.GetValue<string>() == wanted);

    /// <summary>The first words, for a line of progress.</summary>
    public string FirstWords(int length)
    {
        var line = Source.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0 && !l.StartsWith("#r", StringComparison.Ordinal)) ?? "";
        return line.Length <= length ? line : line[..(length - 1)] + "…";
    }

    /// <summary>Stores what one run of the cell showed.</summary>
    public void Store(int executionCount, IEnumerable<JsonObject> outputs)
    {
        json["execution_count"] = executionCount;
        json["outputs"] = new JsonArray([.. outputs]);
    }

    /// <summary>Forgets that the cell ever ran.</summary>
    public void Clear()
    {
        json["execution_count"] = null;
        json["outputs"] = new JsonArray();
    }

    /// <summary>A copy of what the file holds for the cell.</summary>
    public JsonNode ToJson() => json.DeepClone();

    /// <summary>Leaves out what says when and where the cell ran, and cuts its text into lines as the format wants it.</summary>
    public void Normalise()
    {
        json["source"] = Lines(Source);
        if (json["metadata"] is JsonObject metadata)
        {
            metadata.Remove("execution");
            RemoveClaims(metadata);
        }
    }

    /// <summary>Takes out of metadata what an ended extension writes, by which it claims a file and hides it from other kernels.</summary>
    public static void RemoveClaims(JsonObject metadata)
    {
        foreach (var key in new[] { "polyglot_notebook", "dotnet_interactive" })
        {
            metadata.Remove(key);
        }

        if ((metadata["language_info"] as JsonObject)?["name"]?.GetValue<string>() == "polyglot-notebook")
        {
            metadata.Remove("language_info");
        }
    }

    /// <summary>Text as the list of its lines, each with its line end.</summary>
    public static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }

        return lines;
    }

    private static string Joined(JsonNode? text) =>
        text is JsonArray lines ? string.Concat(lines.Select(line => line?.GetValue<string>())) : text?.GetValue<string>() ?? "";
}
