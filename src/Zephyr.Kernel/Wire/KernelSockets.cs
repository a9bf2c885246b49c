using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;

namespace Zephyr.Kernel.Wire;

/// <summary>The five sockets of a kernel. One thread owns them all; others hand it what they send through a queue.</summary>
internal sealed class KernelSockets : IDisposable
{
    private static readonly TimeSpan UntilSent = TimeSpan.FromMilliseconds(150);

    private static readonly TimeSpan LongestReception = TimeSpan.FromSeconds(1); // sockets that are being closed hand on nothing

    private readonly MessageCodec _codec;
    private readonly RouterSocket _shell = new();
    private readonly RouterSocket _control = new();
    private readonly RouterSocket _stdin = new();
    private readonly ResponseSocket _heartbeat = new();
    private readonly XPublisherSocket _iopub = new();
    private readonly NetMQQueue<(NetMQSocket Socket, Message Message)> _outgoing = new();
    private readonly List<(Message Question, CancellationToken Withdrawn)> _unasked = [];
    private readonly NetMQTimer _askAgain = new(TimeSpan.FromMilliseconds(20)) { Enable = false };
    private readonly NetMQPoller _poller;
    private readonly Action<string> _log;

    /// <summary>Binds the sockets; a port 0 in the connection is not allowed.</summary>
    public KernelSockets(ConnectionInfo connection, Action<string> log)
    {
        _log = log;
        _codec = new MessageCodec(connection.Key);
        _shell.Options.RouterHandover = true;
        _stdin.Options.RouterHandover = true;
        _stdin.Options.RouterMandatory = true; // else a question is lost whose front end is still connecting
        _iopub.Options.XPubVerbose = true; // each listener is seen, not only the first: a server listens beside its pages
        Bind(_shell, connection.Address(connection.ShellPort));
        Bind(_control, connection.Address(connection.ControlPort));
        Bind(_stdin, connection.Address(connection.StdinPort));
        Bind(_heartbeat, connection.Address(connection.HeartbeatPort));
        Bind(_iopub, connection.Address(connection.IopubPort));

        _shell.ReceiveReady += (_, e) => Receive(e.Socket, message => ShellReceived?.Invoke(message));
        _control.ReceiveReady += (_, e) => Receive(e.Socket, message => ControlReceived?.Invoke(message));
        _stdin.ReceiveReady += (_, e) => Receive(e.Socket, message => StdinReceived?.Invoke(message));
        _heartbeat.ReceiveReady += (_, e) => e.Socket.SendMultipartMessage(e.Socket.ReceiveMultipartMessage());
        _iopub.ReceiveReady += (_, e) => Welcome(e.Socket.ReceiveMultipartMessage());
        _outgoing.ReceiveReady += (_, _) => SendQueued();
        _askAgain.Elapsed += (_, _) => AskWaiting();
        _poller = [_shell, _control, _stdin, _heartbeat, _iopub, _outgoing, _askAgain];
    }

    /// <summary>A request that waits for those before it. Raised on the sockets' thread: hand it on, do not work there.</summary>
    public event Action<Message>? ShellReceived;

    /// <summary>A request that overtakes. Raised on the sockets' thread.</summary>
    public event Action<Message>? ControlReceived;

    /// <summary>The answer to a question. Raised on the sockets' thread.</summary>
    public event Action<Message>? StdinReceived;

    /// <summary>Somebody began to listen to what is published. Raised on the sockets' thread.</summary>
    public event Action? Subscribed;

    /// <summary>Begins to receive.</summary>
    public void Start() => _poller.RunAsync("sockets");

    /// <summary>Returns when all that has reached the shell's socket was handed on.</summary>
    public void ReceiveWaiting()
    {
        var done = new ManualResetEventSlim(); // left to the collector: the sockets' thread may set it late
        _poller.Run(() =>
        {
            while (_shell.HasIn)
            {
                Receive(_shell, message => ShellReceived?.Invoke(message));
            }

            done.Set();
        });
        done.Wait(LongestReception);
    }

    /// <summary>Answers a request of the shell.</summary>
    public void ReplyOnShell(Message message) => _outgoing.Enqueue((_shell, message));

    /// <summary>Answers a request of the control channel.</summary>
    public void ReplyOnControl(Message message) => _outgoing.Enqueue((_control, message));

    /// <summary>Asks the front end that sent a request: at once, or as soon as its stdin socket has connected, which may be later than its shell's.</summary>
    public void AskOnStdin(Message question, CancellationToken withdrawn) => _poller.Run(() =>
    {
        _unasked.Add((question, withdrawn));
        AskWaiting();
    });

    /// <summary>Tells all who listen.</summary>
    public void Publish(Message message) => _outgoing.Enqueue((_iopub, message));

    /// <summary>Lets what is queued leave, then closes all.</summary>
    public void Dispose()
    {
        Thread.Sleep(UntilSent);
        _poller.Stop();
        _poller.Dispose();
        foreach (var socket in new NetMQSocket[] { _shell, _control, _stdin, _heartbeat, _iopub })
        {
            socket.Dispose();
        }

        _outgoing.Dispose();
        NetMQConfig.Cleanup(block: false);
    }

    private static void Bind(NetMQSocket socket, string address)
    {
        socket.Options.Linger = TimeSpan.FromSeconds(1);
        socket.Options.SendHighWatermark = 0; // output is never dropped because a front end is slow
        socket.Bind(address);
    }

    private void Receive(NetMQSocket socket, Action<Message> handle)
    {
        var frames = socket.ReceiveMultipartMessage();
        try
        {
            handle(_codec.Decode(frames));
        }
        catch (InvalidDataException exception)
        {
            _log($"dropped a message: {exception.Message}"); // never fatal: anyone on this machine may connect
        }
    }

    private void Welcome(NetMQMessage subscription)
    {
        var frame = subscription.First.ToByteArray();
        if (frame is [1, .. var topic])
        {
            var content = new JsonObject { ["subscription"] = System.Text.Encoding.UTF8.GetString(topic) };
            _iopub.SendMultipartMessage(_codec.Encode(Message.Create("iopub_welcome", content, null, [topic])));
            Subscribed?.Invoke();
        }
    }

    private void AskWaiting()
    {
        _unasked.RemoveAll(item => item.Withdrawn.IsCancellationRequested || TryAsk(item.Question));
        _askAgain.Enable = _unasked.Count > 0;
    }

    private bool TryAsk(Message question)
    {
        try
        {
            return _stdin.TrySendMultipartMessage(_codec.Encode(question));
        }
        catch (HostUnreachableException)
        {
            return false;
        }
    }

    private void SendQueued()
    {
        while (_outgoing.TryDequeue(out var item, TimeSpan.Zero))
        {
            item.Socket.TrySendMultipartMessage(_codec.Encode(item.Message)); // a front end that is gone gets nothing
        }
    }
}
