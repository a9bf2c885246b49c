using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zephyr.Kernel.Notebook;

/// <summary>A notebook in the format 4 of Jupyter. What this class does not know is kept as it is.</summary>
internal sealed class NotebookFile
{
    private readonly JsonObject _root;

    private NotebookFile(string path, JsonObject root)
    {
        Path = path;
        _root = root;
        Cells = [.. ((JsonArray)root["cells"]!).Select(cell => new NotebookCell((JsonObject)cell!))];
    }

    /// <summary>Where it was read from.</summary>
    public string Path { get; }

    /// <summary>All cells, in their order.</summary>
    public IReadOnlyList<NotebookCell> Cells { get; private set; }

    /// <summary>The cells that run.</summary>
    public IReadOnlyList<NotebookCell> CodeCells => [.. Cells.Where(cell => cell.IsCode)];

    /// <summary>The hash of the cells that the stored outputs were made from; null where this runner never wrote them.</summary>
    public string? StoredSource => (_root["metadata"]?["zephyr"] as JsonObject)?["source"]?.GetValue<string>();

    /// <summary>The SHA-256, in hexadecimal, over type and text of all cells.</summary>
    public string Source
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var cell in Cells)
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{cell.Type}\0{cell.Source}\0"));
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>Reads a notebook.</summary>
    /// <exception cref="InvalidDataException">The file is not JSON, or not a notebook of format 4.</exception>
    public static NotebookFile Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) is JsonObject root && root["nbformat"]?.GetValue<int>() == 4 && root["cells"] is JsonArray
                ? new NotebookFile(path, root)
                : throw new InvalidDataException($"{path}: not a notebook of format 4: it has no \"nbformat\": 4 or no \"cells\".");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}:{exception.LineNumber + 1}: not JSON: {exception.Message}", exception);
        }
    }

    /// <summary>The same notebook for another place. The file there appears when it is written.</summary>
    public NotebookFile CopyTo(string path) => new(path, (JsonObject)_root.DeepClone());

    /// <summary>Takes cells out.</summary>
    public void Remove(IReadOnlyCollection<NotebookCell> cells)
    {
        Cells = [.. Cells.Except(cells)];
        _root["cells"] = new JsonArray([.. Cells.Select(cell => cell.ToJson())]);
    }

    /// <summary>The text of the file, as <see cref="Write"/> leaves it.</summary>
    public string ToText()
    {
        Normalise();
        return NotebookJson.Write(_root);
    }

    /// <summary>Puts the file in the place of the old one at once, so that a reader finds the old or the new one, never a half.</summary>
    public void Write()
    {
        var text = ToText();
        var sibling = Path + ".tmp";
        using (var stream = new FileStream(sibling, FileMode.Create, FileAccess.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(sibling, Path, overwrite: true);
    }

    private void Normalise()
    {
        var metadata = (JsonObject)(_root["metadata"] ??= new JsonObject());
        metadata["kernelspec"] = new JsonObject { ["display_name"] = "C# (Zephyr)", ["language"] = "C#", ["name"] = "zephyr-csharp" };
        metadata["language_info"] = new JsonObject
        {
            ["file_extension"] = ".cs",
            ["mimetype"] = "text/x-csharp",
            ["name"] = "C#",
            ["pygments_lexer"] = "csharp",
        };
        NotebookCell.RemoveClaims(metadata);
        metadata.Remove("zephyr");
        if (CodeCells.All(cell => cell.ExecutionCount is not null))
        {
            metadata["zephyr"] = new JsonObject { ["source"] = Source };
        }

        foreach (var cell in Cells)
        {
            cell.Normalise();
        }
    }
}
