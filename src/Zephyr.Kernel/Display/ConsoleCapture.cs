using System.Text;

namespace Zephyr.Kernel.Display;

/// <summary>A console stream of the process whose text becomes output of the running cell, or of the last one between cells.</summary>
internal sealed class ConsoleCapture : TextWriter
{
    private readonly string _name;

    private ConsoleCapture(string name)
    {
        _name = name;
        CoreNewLine = ['\n'];
    }

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Captures the console of this process and closes its input.</summary>
    /// <param name="native">Also what native code writes, where the system allows it.</param>
    public static void Install(bool native = true)
    {
        Console.SetOut(new ConsoleCapture("stdout"));
        Console.SetError(new ConsoleCapture("stderr"));
        Console.SetIn(TextReader.Null);
        if (native)
        {
            NativeOutput.Install();
        }
    }

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        CellDisplay.CheckOnCellThread();
        NativeOutput.Drain();
        CellDisplay.Output?.Write(_name, buffer);
    }

    /// <inheritdoc/>
    public override void WriteLine() => Write("\n");

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(value + "\n");

    /// <inheritdoc/>
    public override void WriteLine(ReadOnlySpan<char> buffer) => Write(string.Concat(buffer, "\n"));

    /// <inheritdoc/>
    public override void Flush() => CellDisplay.Output?.Flush();
}
