using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Zephyr.Kernel.Display;
using Zephyr.Kernel.Wire;

namespace Zephyr.Kernel.Protocol;

/// <summary>Questions of the running cell to the front end that sent it.</summary>
internal sealed class StdinChannel
{
    private readonly BlockingCollection<string> _answers = [];
    private readonly object _oneAtATime = new();
    private readonly KernelSockets _sockets;
    private readonly Action _flush;
    private volatile Message? _request;
    private volatile bool _allowed;

    /// <param name="sockets">Where to ask.</param>
    /// <param name="flush">Publishes what the cell wrote so far: often the words of the question.</param>
    public StdinChannel(KernelSockets sockets, Action flush)
    {
        _sockets = sockets;
        _flush = flush;
        sockets.StdinReceived += Receive;
    }

    /// <summary>From here on, questions belong to this request; without <paramref name="allowed"/> there may be none.</summary>
    public void Begin(Message request, bool allowed)
    {
        _request = request;
        _allowed = allowed;
        FrontEndInput.Forget();
    }

    /// <summary>The cell has ended: its front end no longer listens.</summary>
    public void End() => _allowed = false;

    /// <summary>Asks, and waits until the reader answers or the cell is interrupted.</summary>
    /// <exception cref="InvalidOperationException">The front end does not take questions, or no cell runs.</exception>
    /// <exception cref="OperationCanceledException">The cell was interrupted while it waited.</exception>
    public string Ask(string prompt, bool secret)
    {
        lock (_oneAtATime)
        {
            if (!_allowed || _request is not { } request)
            {
                throw new InvalidOperationException("A cell asks for input, but its front end said that it cannot be asked (allow_stdin is false), or no cell runs.");
            }

            _flush();
            while (_answers.TryTake(out _))
            {
                // An answer to a question that was interrupted.
            }

            var content = new JsonObject { ["prompt"] = prompt, ["password"] = secret };
            _sockets.AskOnStdin(Message.Create("input_request", content, request, request.Identities), CellDisplay.Stop);
            return _answers.Take(CellDisplay.Stop);
        }
    }

    private void Receive(Message message)
    {
        if (message.Type == "input_reply")
        {
            _answers.Add((string?)message.Content["value"] ?? "");
        }
    }
}
