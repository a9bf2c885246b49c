using System.Text.Json.Nodes;

namespace Zephyr.Notebooks.Tests;

/// <summary>The notebooks of the repository, as JSON.</summary>
internal static class NotebookFiles
{
    public static IEnumerable<string> Names => Directory.Exists(Folder)
        ? Directory.EnumerateFiles(Folder, "*.ipynb").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)
        : [];

    private static string Folder => Path.Combine(Repository.Root, "notebooks");

    public static JsonObject Read(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();

    public static JsonObject ReadNamed(string name) => Read(Path.Combine(Folder, name));

    public static long BytesOf(string name) => new FileInfo(Path.Combine(Folder, name)).Length;

    public static JsonObject[] Cells(JsonObject notebook) => [.. notebook["cells"]!.AsArray().Select(cell => cell!.AsObject())];

    public static bool IsCode(JsonObject cell) => (string?)cell["cell_type"] == "code";

    public static string Source(JsonObject cell) => Text(cell["source"]);

    /// <summary>The plain text of every output of a code cell, in order.</summary>
    public static string Said(JsonObject cell) => string.Join('\n', cell["outputs"]!.AsArray().Select(output =>
        output!["data"] is JsonObject data ? Text(data["text/plain"]) : output["text"] is { } text ? Text(text) : (string?)output["evalue"] ?? ""));

    public static int Lines(JsonObject cell) => Source(cell).Split('\n').Count(line => line.Trim().Length > 0);

    private static string Text(JsonNode? node) => node switch
    {
        null => "",
        JsonArray lines => string.Concat(lines.Select(line => (string?)line)),
        _ => (string)node!,
    };
}
