using System.Text.Json.Nodes;
using Zephyr.Kernel.Display;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Notebook;

/// <summary>Gathers the output of the cells of one notebook as it is to be stored: writes joined, updates folded into what they update.</summary>
internal sealed class OutputCollector : IOutputSink
{
    private readonly Dictionary<string, List<JsonObject>> _shown = []; // by display id, over all cells
    private readonly List<JsonObject> _outputs = [];
    private int _executionCount;
    private bool _clearLater;

    /// <summary>What the cell showed so far.</summary>
    public IReadOnlyList<JsonObject> Outputs => _outputs;

    /// <summary>From here on, output belongs to the next cell.</summary>
    public void Begin(int executionCount)
    {
        _executionCount = executionCount;
        _outputs.Clear();
        _clearLater = false;
    }

    /// <inheritdoc/>
    public void Stream(string name, string text)
    {
        ClearIfDue();
        text = text.ReplaceLineEndings("\n");
        if (_outputs.LastOrDefault() is { } last && last["output_type"]!.GetValue<string>() == "stream" && last["name"]!.GetValue<string>() == name)
        {
            text = string.Concat(((JsonArray)last["text"]!).Select(line => line!.GetValue<string>())) + text;
            _outputs.RemoveAt(_outputs.Count - 1);
        }

        _outputs.Add(new JsonObject { ["name"] = name, ["output_type"] = "stream", ["text"] = NotebookCell.Lines(text) });
    }

    /// <inheritdoc/>
    public void Display(MimeBundle bundle, string displayId)
    {
        var output = new JsonObject { ["data"] = Data(bundle), ["metadata"] = new JsonObject(), ["output_type"] = "display_data" };
        if (!_shown.TryGetValue(displayId, out var all))
        {
            _shown[displayId] = all = [];
        }

        all.Add(output);
        Add(output);
    }

    /// <inheritdoc/>
    public void Update(MimeBundle bundle, string displayId)
    {
        foreach (var output in _shown.GetValueOrDefault(displayId, []))
        {
            output["data"] = Data(bundle);
        }
    }

    /// <inheritdoc/>
    public void Result(MimeBundle bundle) => Add(new JsonObject
    {
        ["data"] = Data(bundle),
        ["execution_count"] = _executionCount,
        ["metadata"] = new JsonObject(),
        ["output_type"] = "execute_result",
    });

    /// <inheritdoc/>
    public void Error(CellError error) => Add(new JsonObject
    {
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["output_type"] = "error",
        ["traceback"] = new JsonArray([.. error.Traceback.Select(line => JsonValue.Create(line))]),
    });

    /// <inheritdoc/>
    public void Clear(bool wait)
    {
        _clearLater = wait;
        if (!wait)
        {
            _outputs.Clear();
        }
    }

    private static JsonObject Data(MimeBundle bundle)
    {
        var data = bundle.ToJson();
        foreach (var mimeType in bundle.MimeTypes.Where(type => !MimeBundle.IsJson(type)))
        {
            data[mimeType] = NotebookCell.Lines(data[mimeType]!.GetValue<string>().ReplaceLineEndings("\n"));
        }

        return data;
    }

    private void Add(JsonObject output)
    {
        ClearIfDue();
        _outputs.Add(output);
    }

    private void ClearIfDue()
    {
        if (_clearLater)
        {
            _outputs.Clear();
            _clearLater = false;
        }
    }
}
