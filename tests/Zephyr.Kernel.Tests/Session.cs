using Zephyr.Kernel.Display;
using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Tests;

/// <summary>An engine with its output, for tests that run cells in this process.</summary>
internal sealed class Session : IDisposable
{
    private static bool _captured;

    private readonly OrderedOutput _output;
    private int _number;

    public Session()
        : this(new CSharpEngine())
    {
    }

    /// <summary>A session that looks for cells to forget whenever so many have declared something.</summary>
    public Session(int few)
        : this(new CSharpEngine(new ScriptSession(few)))
    {
    }

    private Session(CSharpEngine engine)
    {
        Engine = engine;
        _output = new OrderedOutput(Recorded);
        if (!_captured)
        {
            ConsoleCapture.Install(native: false); // the descriptors are the test runner's
            _captured = true;
        }
    }

    public CSharpEngine Engine { get; }

    public RecordedOutput Recorded { get; } = new();

    public CellError? Error { get; private set; }

    /// <summary>Runs a cell and returns what it showed.</summary>
    public IReadOnlyList<string> Run(string code)
    {
        Recorded.Events.Clear();
        (Error, _) = Engine.Run(new CellSource(++_number, code), _output);
        return [.. Recorded.Events];
    }

    public void Dispose() => _output.Dispose();
}
