using System.Text;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Display;

/// <summary>
/// Keeps a cell's output in the order in which it happened, while short writes to the console are joined to longer ones.
/// May be called from any thread.
/// </summary>
/// <remarks>
/// Everything is handed on inside a <c>finally</c>: an interrupted cell is never stopped there, so no message is cut in two.
/// </remarks>
internal sealed class OrderedOutput : IDisposable
{
    private const int LongestText = 16 * 1024; // characters

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(50);

    private readonly object _gate = new();
    private readonly StringBuilder _text = new();
    private readonly IOutputSink _sink;
    private readonly Timer _timer;
    private string _name = "stdout";
    private bool _timed;

    public OrderedOutput(IOutputSink sink)
    {
        _sink = sink;
        _timer = new Timer(_ => HandOnLater());
    }

    /// <summary>Text of <c>stdout</c> or <c>stderr</c>.</summary>
    public void Write(string name, ReadOnlySpan<char> text)
    {
        var owned = text.ToString();
        InOrder(() =>
        {
            if (name != _name)
            {
                HandOnText();
                _name = name;
            }

            if (!_timed)
            {
                _timed = _timer.Change(LongestDelay, Timeout.InfiniteTimeSpan);
            }

            _text.Append(owned);
            if (_text.Length >= LongestText)
            {
                HandOnText(cutPairs: false);
            }
        });
    }

    /// <inheritdoc cref="IOutputSink.Display"/>
    public void Display(MimeBundle bundle, string displayId) => AfterText(() => _sink.Display(bundle, displayId));

    /// <inheritdoc cref="IOutputSink.Update"/>
    public void Update(MimeBundle bundle, string displayId) => AfterText(() => _sink.Update(bundle, displayId));

    /// <inheritdoc cref="IOutputSink.Result"/>
    public void Result(MimeBundle bundle) => AfterText(() => _sink.Result(bundle));

    /// <inheritdoc cref="IOutputSink.Error"/>
    public void Error(CellError error) => AfterText(() => _sink.Error(error));

    /// <inheritdoc cref="IOutputSink.Clear"/>
    public void Clear(bool wait) => AfterText(() => _sink.Clear(wait));

    /// <summary>Hands on what was written so far.</summary>
    public void Flush() => AfterText(() => { });

    /// <summary>Hands on the rest and stops the clock.</summary>
    public void Dispose()
    {
        Flush();
        _timer.Dispose();
    }

    private void AfterText(Action action)
    {
        NativeOutput.Drain();
        InOrder(() =>
        {
            HandOnText();
            action();
        });
    }

    private void InOrder(Action action)
    {
        try
        {
            // Empty on purpose: see the remarks of the class.
        }
        finally
        {
            lock (_gate)
            {
                action();
            }
        }
    }

    private void HandOnLater()
    {
        NativeOutput.Drain();
        InOrder(() =>
        {
            _timed = false;
            HandOnText(cutPairs: false);
        });
    }

    /// <param name="cutPairs">Whether the first half of a character may go alone: its other half may come with the next write.</param>
    private void HandOnText(bool cutPairs = true)
    {
        var kept = !cutPairs && _text.Length > 0 && char.IsHighSurrogate(_text[^1]) ? 1 : 0;
        if (_text.Length > kept)
        {
            _sink.Stream(_name, _text.ToString(0, _text.Length - kept));
            _text.Remove(0, _text.Length - kept);
        }
    }
}
