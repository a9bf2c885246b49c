using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;
using Zephyr.Kernel.Commands;

namespace Zephyr.Kernel.Tests.Protocol;

/// <summary>A front end written from the protocol's text, against a kernel in a process of its own.</summary>
internal sealed class JupyterClient : IDisposable
{
    private const string Key = "a-secret-of-the-test";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"connection-{Guid.NewGuid():N}.json");
    private readonly string _state = Directory.CreateTempSubdirectory("state-").FullName; // not the history of who runs the tests
    private readonly Process _process;
    private readonly DealerSocket _shell = new();
    private readonly DealerSocket _control = new();
    private readonly DealerSocket _stdin = new();
    private readonly SubscriberSocket _iopub = new();
    private readonly RequestSocket _heartbeat = new();
    private readonly StringBuilder _log = new();
    private readonly int _iopubPort;
    private bool _listens;

    public JupyterClient(params (string Name, string Value)[] environment)
        : this(SelfProcess.Command, environment)
    {
    }

    /// <summary>Starts a kernel.</summary>
    /// <param name="command">The program and its first words, up to <c>start</c>.</param>
    /// <param name="environment">What it finds there beside ours.</param>
    public JupyterClient(IReadOnlyList<string> command, params (string Name, string Value)[] environment)
    {
        var ports = FreePorts.Find(5);
        _iopubPort = ports[2];
        File.WriteAllText(_file, new JsonObject
        {
            ["transport"] = "tcp",
            ["ip"] = "127.0.0.1",
            ["shell_port"] = ports[0],
            ["control_port"] = ports[1],
            ["iopub_port"] = ports[2],
            ["stdin_port"] = ports[3],
            ["hb_port"] = ports[4],
            ["key"] = Key,
            ["signature_scheme"] = "hmac-sha256",
            ["kernel_name"] = "zephyr-csharp",
        }.ToJsonString());
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1), "start", _file]) { RedirectStandardError = true };
        start.Environment["XDG_STATE_HOME"] = _state;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, e) => _log.AppendLine(e.Data);
        _process.BeginErrorReadLine();
        _iopub.SubscribeToAnyTopic();
        _shell.Options.Identity = _stdin.Options.Identity = "front end"u8.ToArray(); // the same, as the protocol asks
        Connect(_control, ports[1]);
        Connect(_shell, ports[0]);
        Connect(_stdin, ports[3]);
        Connect(_iopub, _iopubPort);
        Connect(_heartbeat, ports[4]);
    }

    public Process Process => _process;

    public string Log => _log.ToString();

    /// <summary>Sends a request on the shell; returns its id.</summary>
    public string Ask(string type, JsonObject content) => Send(_shell, type, content, Key);

    /// <summary>Sends a request on control; returns its id.</summary>
    public string AskControl(string type, JsonObject content) => Send(_control, type, content, Key);

    /// <summary>Sends a request that is signed with another key.</summary>
    public void AskForged(string type, JsonObject content) => Send(_shell, type, content, "another key");

    /// <summary>Sends frames that are no message.</summary>
    public void SendRaw(params string[] frames) => _shell.SendMultipartMessage(new NetMQMessage(frames.Select(f => new NetMQFrame(f))));

    /// <summary>Waits for the question that a request asks.</summary>
    public JsonObject Question(string id) => (JsonObject)Receive(_stdin, id)["content"]!;

    /// <summary>Answers a question.</summary>
    public void Answer(string value) => Send(_stdin, "input_reply", new JsonObject { ["value"] = value }, Key);

    public JsonObject Reply(string id) => Receive(_shell, id);

    public JsonObject ReplyOnControl(string id) => Receive(_control, id);

    /// <summary>All that was published for a request, up to its idle.</summary>
    public IReadOnlyList<JsonObject> Published(string id)
    {
        List<JsonObject> all = [];
        while (true)
        {
            var message = Receive(_iopub, id);
            all.Add(message);
            if ((string?)message["content"]!["execution_state"] == "idle")
            {
                return all;
            }
        }
    }

    /// <summary>The next published message of a type, of any request.</summary>
    public JsonObject NextPublished(string type)
    {
        while (true)
        {
            var message = Receive(_iopub, null);
            if ((string?)message["header"]!["msg_type"] == type)
            {
                return message;
            }
        }
    }

    public (JsonObject Reply, IReadOnlyList<JsonObject> Published) Execute(string code)
    {
        if (!_listens)
        {
            NextPublished("iopub_welcome"); // what a kernel publishes before is lost
        }

        var id = Ask("execute_request", ExecuteContent(code));
        return ((JsonObject)Reply(id)["content"]!, Published(id));
    }

    public static JsonObject ExecuteContent(string code, bool stopOnError = true, bool allowStdin = false) => new()
    {
        ["code"] = code,
        ["silent"] = false,
        ["store_history"] = true,
        ["user_expressions"] = new JsonObject(),
        ["allow_stdin"] = allowStdin,
        ["stop_on_error"] = stopOnError,
    };

    public string Echo(string text)
    {
        _heartbeat.SendFrame(text);
        return _heartbeat.TryReceiveFrameString(Patience, out var answer) ? answer! : throw new TimeoutException("no heartbeat");
    }

    public void Dispose()
    {
        foreach (var socket in new NetMQSocket[] { _shell, _control, _stdin, _iopub, _heartbeat })
        {
            socket.Dispose();
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.WaitForExit();
        _process.Dispose();
        File.Delete(_file);
        Directory.Delete(_state, recursive: true);
    }

    /// <summary>A second socket that hears all that is published.</summary>
    public IDisposable AnotherListener()
    {
        var socket = new SubscriberSocket();
        socket.SubscribeToAnyTopic();
        Connect(socket, _iopubPort);
        return socket;
    }

    private static void Connect(NetMQSocket socket, int port)
    {
        socket.Options.Linger = TimeSpan.Zero;
        socket.Connect($"tcp://127.0.0.1:{port}");
    }

    private static string Send(NetMQSocket socket, string type, JsonObject content, string key)
    {
        var id = Guid.NewGuid().ToString("N");
        var header = new JsonObject { ["msg_id"] = id, ["msg_type"] = type, ["session"] = "test", ["username"] = "test", ["version"] = "5.4", ["date"] = "2026-01-01T00:00:00Z" };
        string[] json = [header.ToJsonString(), "{}", "{}", content.ToJsonString()];
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(string.Concat(json))));
        socket.SendMultipartMessage(new NetMQMessage(new[] { "<IDS|MSG>", signature }.Concat(json).Select(f => new NetMQFrame(f, Encoding.UTF8))));
        return id;
    }

    private JsonObject Receive(NetMQSocket socket, string? id)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Patience)
        {
            NetMQMessage? frames = null;
            if (!socket.TryReceiveMultipartMessage(TimeSpan.FromSeconds(1), ref frames))
            {
                continue;
            }

            var all = frames!.Select(f => f.ConvertToString(Encoding.UTF8)).ToArray();
            var start = Array.IndexOf(all, "<IDS|MSG>");
            var signed = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes(string.Concat(all[(start + 2)..]))));
            if (signed != all[start + 1])
            {
                throw new InvalidOperationException($"the kernel signed {all[start + 2]} with {all[start + 1]}; its key gives {signed}");
            }

            var message = new JsonObject
            {
                ["header"] = JsonNode.Parse(all[start + 2]),
                ["parent_header"] = JsonNode.Parse(all[start + 3]),
                ["content"] = JsonNode.Parse(all[start + 5]),
            };
            _listens |= (string?)message["header"]!["msg_type"] == "iopub_welcome";
            if (id is null || (string?)message["parent_header"]!["msg_id"] == id)
            {
                return message;
            }
        }

        var state = _process.HasExited ? $"ended with code {_process.ExitCode}" : "runs";
        throw new TimeoutException($"no message for {id ?? "any request"} in {Patience.TotalSeconds} s; the kernel {state} and wrote: {Log}");
    }
}
