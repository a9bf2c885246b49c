using System.Text.Json;
using TorchSharp.Modules;
using Zephyr.Runtime;
using static TorchSharp.torch.utils;

namespace Zephyr.Training;

/// <summary>
/// The numbers of the step log as TensorBoard events: <c>train/loss</c>, <c>train/rewards/margins</c>, <c>eval/loss</c> …. A view of the log and never more:
/// each process writes the events anew from the log that it goes on with, so that they cannot disagree.
/// </summary>
internal sealed class EventLog
{
    private readonly SummaryWriter _writer;

    private EventLog(string folder)
    {
        Startup.Start();
        _writer = tensorboard.SummaryWriter(folder);
    }

    /// <summary>An event log that holds what a step log holds.</summary>
    /// <param name="stepLog">The step log; need not exist.</param>
    /// <param name="folder">Where event files go; those of earlier processes are removed.</param>
    public static EventLog After(string stepLog, string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        var events = new EventLog(folder);
        foreach (var line in File.Exists(stepLog) ? File.ReadLines(stepLog) : [])
        {
            events.Add(line);
        }

        return events;
    }

    /// <summary>Adds a line of the step log.</summary>
    public void Add(string line)
    {
        using var record = JsonDocument.Parse(line);
        var step = record.RootElement.GetProperty("step").GetInt32();
        foreach (var (tag, value) in Numbers("train", record.RootElement))
        {
            _writer.add_scalar(tag, value, step);
        }
    }

    private static IEnumerable<(string Tag, float Value)> Numbers(string group, JsonElement record) => record.EnumerateObject().SelectMany(entry => entry.Value.ValueKind switch
    {
        JsonValueKind.Number when entry.Name != "step" => [($"{group}/{entry.Name}", (float)entry.Value.GetDouble())],
        JsonValueKind.Object => Numbers(entry.Name, entry.Value),
        _ => Enumerable.Empty<(string, float)>(),
    });
}
