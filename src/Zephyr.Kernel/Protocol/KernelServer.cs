using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Zephyr.Kernel.Display;
using Zephyr.Kernel.Engine;
using Zephyr.Kernel.Wire;

namespace Zephyr.Kernel.Protocol;

/// <summary>Answers the requests of front ends: those on the shell one after the other, those on control at once.</summary>
internal sealed class KernelServer : IDisposable
{
    private readonly BlockingCollection<(Message Request, long Arrived)> _requests = [];
    private readonly CSharpEngine _engine = new();
    private readonly History _history;
    private readonly KernelSockets _sockets;
    private readonly OrderedOutput _output;
    private readonly CellRequests _cells;
    private readonly Readiness _readiness;
    private readonly ManualResetEventSlim _stopped = new();
    private volatile bool _asked;
    private long _interrupted; // when somebody last wished to stop what runs; as a time stamp

    /// <summary>A server that does not listen yet.</summary>
    /// <param name="sockets">Its sockets.</param>
    /// <param name="log">Receives what no front end is told.</param>
    /// <param name="warm">Completes when the compiler is awake.</param>
    public KernelServer(KernelSockets sockets, Action<string> log, Task warm)
    {
        _sockets = sockets;
        _history = new History(new HistoryFile(HistoryFile.UserPath(), log));
        var iopub = new IopubOutput(sockets);
        _output = new OrderedOutput(iopub);
        _cells = new CellRequests(_engine, _history, iopub, _output, new StdinChannel(sockets, _output.Flush));
        _readiness = new Readiness(_engine, warm);
        sockets.ShellReceived += request => _requests.Add((request, Stopwatch.GetTimestamp()));
        sockets.ControlReceived += AnswerOnControl;
        sockets.Subscribed += SayThatItStarts;
    }

    /// <summary>Answers until someone asks to shut down.</summary>
    public void Run()
    {
        new Thread(AnswerShell) { IsBackground = true, Name = "shell" }.Start();
        _sockets.Start();
        _stopped.Wait();
    }

    /// <summary>Hands on the last output.</summary>
    public void Dispose()
    {
        _readiness.Dispose();
        _output.Dispose();
    }

    /// <summary>Said to each listener until somebody asks something: said once at the start, a front end that is still connecting again would miss it and wait.</summary>
    private void SayThatItStarts()
    {
        if (!_asked)
        {
            Publish("status", new JsonObject { ["execution_state"] = "starting" }, null);
        }
    }

    private void AnswerShell()
    {
        foreach (var (request, arrived) in _requests.GetConsumingEnumerable())
        {
            if (arrived < Volatile.Read(ref _interrupted) && WaitsForCellsBefore(request))
            {
                Abort(request); // it waited when somebody interrupted, if only between two cells
            }
            else
            {
                BusyWhile(request, () => AnswerOnShell(request), _sockets.ReplyOnShell);
            }
        }
    }

    private void AnswerOnShell(Message request)
    {
        if (request.Type == "execute_request")
        {
            var (reply, stop) = _cells.Execute(request);
            var aborted = stop ? TakeQueuedCells() : []; // before the reply: what somebody sends who has read it is to run
            _sockets.ReplyOnShell(Reply(request, reply));
            _readiness.Renew();
            aborted.ForEach(Abort);
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
            Volatile.Write(ref _interrupted, Stopwatch.GetTimestamp());
            _sockets.ReplyOnControl(Reply(request, new JsonObject { ["status"] = "ok" }));
            _ = Task.Run(_engine.InterruptAsync);
        }
        else if (request.Type is "kernel_info_request" or "comm_info_request" or "shutdown_request" && Answer(request) is { } content)
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
            case "comm_open":
                // Nobody here answers to a name, and the protocol wants the other side told at once.
                Publish("comm_close", new JsonObject { ["comm_id"] = (string?)content["comm_id"], ["data"] = new JsonObject() }, request);
                return null;
            default:
                return null; // other comm messages and what later versions may bring: the protocol wants no answer
        }
    }

    /// <summary>After an error or an interrupt, what was sent to run after it does not run. Other requests keep their place.</summary>
    private List<Message> TakeQueuedCells()
    {
        _sockets.ReceiveWaiting();
        List<(Message Request, long Arrived)> queued = [];
        while (_requests.TryTake(out var waiting))
        {
            queued.Add(waiting);
        }

        queued.FindAll(waiting => waiting.Request.Type != "execute_request").ForEach(_requests.Add);
        return [.. queued.Select(waiting => waiting.Request).Where(request => request.Type == "execute_request")];
    }

    /// <summary>Whether a request is a cell that is not to run after one that failed.</summary>
    private static bool WaitsForCellsBefore(Message request) => request.Type == "execute_request" && ((bool?)request.Content["stop_on_error"] ?? true);

    private void Abort(Message request) => BusyWhile(request, () => _sockets.ReplyOnShell(Reply(request, new JsonObject
    {
        ["status"] = "aborted",
        ["execution_count"] = _cells.ExecutionCount,
    })), _sockets.ReplyOnShell);

    /// <summary>A request that cannot be answered is told why; the kernel lives on, whatever the request was.</summary>
    private void BusyWhile(Message request, Action answer, Action<Message> reply)
    {
        _asked = true;
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
