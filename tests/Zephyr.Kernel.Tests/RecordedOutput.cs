using Zephyr.Kernel.Display;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Tests;

/// <summary>Writes down what a cell shows, one line for each event.</summary>
internal sealed class RecordedOutput : IOutputSink
{
    private readonly Dictionary<string, int> _names = [];

    public List<string> Events { get; } = [];

    public List<MimeBundle> Bundles { get; } = [];

    /// <summary>Set when a cell clears its output: how a test knows that the cell runs.</summary>
    public TaskCompletionSource? Begun { get; set; }

    public void Stream(string name, string text) => Events.Add($"{name}:{text}");

    public void Display(MimeBundle bundle, string displayId) => Add("display", bundle, displayId);

    public void Update(MimeBundle bundle, string displayId) => Add("update", bundle, displayId);

    public void Result(MimeBundle bundle) => Add("result", bundle, null);

    public void Error(CellError error) => Events.Add($"error:{error.Name}");

    public void Clear(bool wait)
    {
        Events.Add($"clear:{wait}");
        Begun?.TrySetResult();
    }

    private void Add(string kind, MimeBundle bundle, string? id)
    {
        Bundles.Add(bundle);
        var name = id is null ? "" : $"#{(_names.TryGetValue(id, out var known) ? known : _names[id] = _names.Count + 1)}";
        Events.Add($"{kind}{name}:{bundle.Text("text/plain")}");
    }
}
