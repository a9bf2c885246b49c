namespace Zephyr.Kernel.Display;

/// <summary>Questions to the reader, who answers in the front end. <see cref="Console.In"/> of a kernel reads from here.</summary>
internal sealed class FrontEndInput : TextReader
{
    private static Func<string, bool, string>? _ask;

    private static FrontEndInput? _reader;

    private volatile string _rest = "";

    private FrontEndInput()
    {
    }

    /// <summary>Where questions go from now on.</summary>
    /// <param name="ask">Gets the prompt, and whether the answer is a secret; returns the answer without its line end.</param>
    public static void Attach(Func<string, bool, string> ask)
    {
        _ask = ask;
        Console.SetIn(_reader = new FrontEndInput());
    }

    /// <summary>Drops what is left of the last answer: a new cell asks its own questions.</summary>
    public static void Forget()
    {
        if (_reader is { } reader)
        {
            reader._rest = "";
        }
    }

    /// <summary>Asks, and waits for the answer.</summary>
    /// <exception cref="InvalidOperationException">Nobody is there to answer: the notebook is run without a front end.</exception>
    public static string Ask(string prompt, bool secret) => _ask is { } ask
        ? ask(prompt, secret)
        : throw new InvalidOperationException("A cell asks for input, but nobody is there to answer: this notebook is run without a front end. Open it in one, or set the value in the cell.");

    /// <inheritdoc/>
    public override string ReadLine()
    {
        var line = _rest.Length > 0 ? _rest.TrimEnd('\n') : Ask("", secret: false);
        _rest = "";
        return line;
    }

    /// <inheritdoc/>
    public override int Peek()
    {
        _rest = _rest.Length > 0 ? _rest : Ask("", secret: false) + "\n";
        return _rest[0];
    }

    /// <inheritdoc/>
    public override int Read()
    {
        var next = Peek();
        _rest = _rest[1..];
        return next;
    }
}
