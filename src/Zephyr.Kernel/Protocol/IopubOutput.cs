using System.Text.Json.Nodes;
using Zephyr.Kernel.Display;
using Zephyr.Kernel.Engine;
using Zephyr.Kernel.Wire;

namespace Zephyr.Kernel.Protocol;

/// <summary>The output of cells as messages on iopub, each a child of the request that runs or ran last.</summary>
/// <param name="sockets">Where to publish.</param>
internal sealed class IopubOutput(KernelSockets sockets) : IOutputSink
{
    private volatile Message? _request;
    private volatile int _executionCount;
    private volatile bool _silent;

    /// <summary>The plain text of the result that this request had; null without one.</summary>
    public string? ResultText { get; private set; }

    /// <summary>From here on, output belongs to this request.</summary>
    public void Begin(Message request, int executionCount, bool silent)
    {
        ResultText = null;
        _request = request;
        _executionCount = executionCount;
        _silent = silent;
    }

    /// <summary>Publishes any message as a child of the current request.</summary>
    public void Publish(string type, JsonObject content)
    {
        if (!_silent)
        {
            sockets.Publish(Message.Create(type, content, _request, Topic(type)));
        }
    }

    /// <summary>The topic of a message on iopub.</summary>
    public static IReadOnlyList<byte[]> Topic(string type) => [System.Text.Encoding.UTF8.GetBytes($"kernel.{Message.Session}.{type}")];

    /// <inheritdoc/>
    public void Stream(string name, string text) => Publish("stream", new JsonObject { ["name"] = name, ["text"] = text });

    /// <inheritdoc/>
    public void Display(MimeBundle bundle, string displayId) => Publish("display_data", Shown(bundle, displayId));

    /// <inheritdoc/>
    public void Update(MimeBundle bundle, string displayId) => Publish("update_display_data", Shown(bundle, displayId));

    /// <inheritdoc/>
    public void Result(MimeBundle bundle)
    {
        ResultText = bundle.Text("text/plain");
        Publish("execute_result", new JsonObject
        {
            ["execution_count"] = _executionCount,
            ["data"] = bundle.ToJson(),
            ["metadata"] = new JsonObject(),
        });
    }

    /// <inheritdoc/>
    public void Error(CellError error) => Publish("error", ErrorContent(error));

    /// <inheritdoc/>
    public void Clear(bool wait) => Publish("clear_output", new JsonObject { ["wait"] = wait });

    /// <summary>An error as the protocol tells it.</summary>
    public static JsonObject ErrorContent(CellError error) => new()
    {
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = new JsonArray([.. error.Traceback.Select(line => JsonValue.Create(line))]),
    };

    private static JsonObject Shown(MimeBundle bundle, string displayId) => new()
    {
        ["data"] = bundle.ToJson(),
        ["metadata"] = new JsonObject(),
        ["transient"] = new JsonObject { ["display_id"] = displayId },
    };
}
