using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Zephyr.Kernel.Display;
using Zephyr.Kernel.Engine;
using Zephyr.Kernel.Wire;

namespace Zephyr.Kernel.Protocol;

/// <summary>Answers the requests of front ends: those on the shell one after the other, those on control at once.</summary>
internal sealed class KernelServer : IDisposable
{
    private readonly BlockingCollection<Message> _requests = [];
    private readonly CSharpEngine _engine = new();
    private readonly History _history = new();
    private readonly KernelSockets _sockets;
    private readonly IopubOutput _iopub;
    private readonly OrderedOutput _output;
    private readonly ManualResetEventSlim _stopped = new();
    private int _executionCount;

    public KernelServer(KernelSockets sockets)
    {
        _sockets = sockets;
        _iopub = new IopubOutput(sockets);
        _output = new OrderedOutput(_iopub);
        sockets.ShellReceived += _requests.Add;
        sockets.ControlReceived += AnswerOnControl;
    }

    /// <summary>Answers until someone asks to shut down.</summary>
    public void Run()
    {
        new Thread(AnswerShell) { IsBackground = true, Name = "shell" }.Start();
        _sockets.Start();
        Publish("status", new JsonObject { ["execution_state"] = "starting" }, null);
        _stopped.Wait();
    }

    /// <summary>Hands on the last output.</summary>
    public void Dispose() => _output.Dispose();

    private void AnswerShell()
    {
        foreach (var request in _requests.GetConsumingEnumerable())
        {
            BusyWhile(request, () => AnswerOnShell(request), _sockets.ReplyOnShell);
        }
    }

    private void AnswerOnShell(Message request)
    {
        if (request.Type == "execute_request")
        {
            Execute(request);
        }
        else if (Answer(request) is { } content)
        {
            _sockets.ReplyOnShell(Reply(request, content));
        }
    }

    private void AnswerOnControl(Message request) => BusyWhile(request, () =>
    {
        if (request.Type == "interrupt_request")
        {
            _sockets.ReplyOnControl(Reply(request, new JsonObject { ["status"] = "ok" }));
            _ = Task.Run(_engine.InterruptAsync);
        }
        else if (Answer(request) is { } content)
        {
            _sockets.ReplyOnControl(Reply(request, content));
        }
    }, _sockets.ReplyOnControl);

    private JsonObject? Answer(Message request)
    {
        var content = request.Content;
        switch (request.Type)
        {
            case "kernel_info_request":
                return KernelInfo.Reply();
            case "complete_request":
                return Assistance.Complete(_engine, content);
            case "inspect_request":
                return Assistance.Inspect(_engine, content);
            case "is_complete_request":
                return Completeness.Reply((string?)content["code"] ?? "");
            case "history_request":
                return _history.Reply(content);
            case "comm_info_request":
                return new JsonObject { ["status"] = "ok", ["comms"] = new JsonObject() };
            case "shutdown_request":
                var answer = new JsonObject { ["status"] = "ok", ["restart"] = (bool?)content["restart"] ?? false };
                Publish("shutdown_reply", (JsonObject)answer.DeepClone(), request);
                _ = Task.Run(_stopped.Set);
                return answer;
            default:
                return null; // comm messages and what later versions may bring: the protocol wants no answer
        }
    }

    private void Execute(Message request)
    {
        var content = request.Content;
        var code = ((string?)content["code"] ?? "").ReplaceLineEndings("\n");
        var silent = (bool?)content["silent"] ?? false;
        var kept = !silent && ((bool?)content["store_history"] ?? true);
        var number = _executionCount + 1;
        _executionCount += silent ? 0 : 1;
        if (kept)
        {
            _history.Add(number, code);
        }

        _output.Flush();
        _iopub.Begin(request, number, silent);
        _iopub.Publish("execute_input", new JsonObject { ["code"] = code, ["execution_count"] = number });
        var (error, interrupted) = _engine.Run(new CellSource(number, code), _output, showResult: !silent);
        _sockets.ReplyOnShell(Reply(request, ExecuteReply(number, error)));
        if (interrupted || (error is not null && ((bool?)content["stop_on_error"] ?? true)))
        {
            AbortQueued();
        }
    }

    private static JsonObject ExecuteReply(int number, CellError? error)
    {
        var reply = error is null
            ? new JsonObject { ["payload"] = new JsonArray(), ["user_expressions"] = new JsonObject() }
            : IopubOutput.ErrorContent(error);
        reply["status"] = error is null ? "ok" : "error";
        reply["execution_count"] = number;
        return reply;
    }

    /// <summary>After an error or an interrupt, what was sent to run after it does not run. Other requests keep their place.</summary>
    private void AbortQueued()
    {
        List<Message> others = [];
        while (_requests.TryTake(out var request))
        {
            if (request.Type == "execute_request")
            {
                BusyWhile(request, () => _sockets.ReplyOnShell(Reply(request, new JsonObject
                {
                    ["status"] = "aborted",
                    ["execution_count"] = _executionCount,
                })), _sockets.ReplyOnShell);
            }
            else
            {
                others.Add(request);
            }
        }

        others.ForEach(_requests.Add);
    }

    /// <summary>A request that cannot be answered is told why; the kernel lives on, whatever the request was.</summary>
    private void BusyWhile(Message request, Action answer, Action<Message> reply)
    {
        Publish("status", new JsonObject { ["execution_state"] = "busy" }, request);
        try
        {
            answer();
        }
        catch (Exception exception)
        {
            var content = IopubOutput.ErrorContent(new CellError(exception.GetType().Name, exception.Message, [exception.ToString()]));
            content["status"] = "error";
            reply(Reply(request, content));
        }

        Publish("status", new JsonObject { ["execution_state"] = "idle" }, request);
    }

    private static Message Reply(Message request, JsonObject content) =>
        Message.Create(request.Type.Replace("_request", "_reply", StringComparison.Ordinal), content, request, request.Identities);

    private void Publish(string type, JsonObject content, Message? parent) =>
        _sockets.Publish(Message.Create(type, content, parent, IopubOutput.Topic(type)));
}
