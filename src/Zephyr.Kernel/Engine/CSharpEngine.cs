using System.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Zephyr.Kernel.Assist;
using Zephyr.Kernel.Display;
using Zephyr.Kernel.References;

namespace Zephyr.Kernel.Engine;

/// <summary>Runs C# cells one after the other; each sees what the earlier ones declared.</summary>
internal sealed class CSharpEngine
{
    private readonly SessionReferences _references = new();
    private readonly ErrorReport _errors = new();
    private volatile CellThread _thread = new();
    private readonly Lazy<ScriptSession> _session;
    private readonly Lazy<CodeAssistant> _assistant = new();
    private volatile CellInterruption? _running;

    /// <summary>An engine whose session is the prepared one, if there is one.</summary>
    public CSharpEngine() => _session = new(ScriptSession.Take);

    /// <summary>An engine with a session of its own.</summary>
    public CSharpEngine(ScriptSession session) => _session = new(session);

    /// <summary>Whether a cell is being compiled or runs.</summary>
    public bool IsRunning => _running is { Ended: false };

    /// <summary>Compiles and runs something small, so that the first cell of the next engine finds the compiler awake.</summary>
    public static Task WarmUpAsync() => ScriptSession.PrepareAsync();

    /// <summary>Runs a cell. Its value, if any, and its error, if any, are part of the output.</summary>
    /// <param name="cell">What to run.</param>
    /// <param name="output">Receives all that the cell writes and shows, also after its end.</param>
    /// <param name="showResult">Whether the value of the last expression is shown.</param>
    /// <returns>The error is null when the cell ran through.</returns>
    public (CellError? Error, bool Interrupted) Run(CellSource cell, OrderedOutput output, bool showResult = true)
    {
        _errors.Remember(cell);
        var interruption = new CellInterruption();
        _running = interruption;
        CellDisplay.Attach(output, interruption);
        foreach (var news in _references.News())
        {
            output.Write("stderr", news + "\n");
        }

        var error = Compile(cell, interruption, out var compiled);
        var clock = Stopwatch.StartNew();
        error ??= Execute(cell, compiled!.Value, interruption, showResult ? output.Result : null);
        clock.Stop();
        interruption.End();
        if (error is not null)
        {
            output.Error(error);
        }

        if (compiled is { Directives.Timed: true })
        {
            output.Write("stdout", $"Wall time: {WallTime.Text(clock.Elapsed)}\n");
        }

        output.Flush();
        return (error, interruption.Requested);
    }

    /// <summary>The value of an expression after the cells that ran. What it declares is forgotten.</summary>
    /// <param name="expression">C#, without <c>#r</c> lines.</param>
    /// <param name="output">Receives what the expression writes.</param>
    /// <returns>An error, or the forms of the value.</returns>
    public (CellError? Error, MimeBundle Value) Evaluate(string expression, OrderedOutput output)
    {
        var cell = new CellSource(0, expression);
        var interruption = new CellInterruption();
        _running = interruption;
        CellDisplay.Attach(output, interruption);
        var value = Formatting.Bundle(null, []);
        var error = Compile(cell, interruption, out var compiled) ?? Execute(cell, compiled!.Value, interruption, bundle => value = bundle, keep: false);
        interruption.End();
        output.Flush();
        return (error, value);
    }

    /// <inheritdoc cref="CodeAssistant.Complete"/>
    public (TextSpan Span, IReadOnlyList<string> Names) Complete(string code, int position) =>
        _assistant.Value.Complete(code, position, _session.Value.Cells, _session.Value.References);

    /// <inheritdoc cref="CodeAssistant.Explain"/>
    public string? Explain(string code, int position, bool everything = false) =>
        _assistant.Value.Explain(code, position, everything, _session.Value.Cells, _session.Value.References);

    /// <summary>Stops the running cell, if any; the session goes on with the variables of the cells before it.</summary>
    /// <returns>Completes when the cell has ended.</returns>
    public Task InterruptAsync() =>
        _running is { } interruption ? interruption.RequestAsync(() => _thread.BreakWait(interruption)) : Task.CompletedTask;

    private CellError? Compile(CellSource cell, CellInterruption interruption, out (CompiledCell Cell, Directives Directives)? compiled)
    {
        compiled = null;
        var session = _session.Value;
        if (CellInput.Read(cell, _references, session.Add, interruption.Stop, out var input) is { } fault)
        {
            return fault;
        }

        _errors.Remember(input!.Files);
        var code = input.Directives.Code;
        var made = session.Compile(code, cell.Name, withChecks: true);
        if (made.Errors.Count > 0)
        {
            made = session.Compile(code, cell.Name, withChecks: false); // once more as written, so that columns are the reader's
        }

        if (made.Errors.Count == 0)
        {
            compiled = (made, input.Directives);
            return null;
        }

        return _errors.OfCompiler(cell, made.Errors);
    }

    private CellError? Execute(CellSource cell, (CompiledCell Cell, Directives Directives) compiled, CellInterruption interruption, Action<MimeBundle>? show, bool keep = true)
    {
        if (interruption.Requested)
        {
            return CellError.Interrupted; // while it was compiled
        }

        if (_thread.Spent)
        {
            _thread = new CellThread();
        }

        var (made, directives) = compiled;
        Exception? thrown = null;
        StayingCell? stays = null;
        var fault = _thread.Run(
            async () =>
            {
                (var value, thrown, stays) = await _session.Value.RunAsync(made, directives.Code, keep);
                if (thrown is null && value is not null)
                {
                    show?.Invoke(Formatting.Bundle(value, []));
                }
            },
            interruption);
        if (stays is not null)
        {
            _session.Value.Keep(stays);
        }

        var exception = fault ?? thrown;
        var stopped = interruption.Requested && exception is OperationCanceledException or ThreadInterruptedException or ThreadAbortException;
        return exception is null ? null : stopped ? CellError.Interrupted : _errors.OfException(cell, exception);
    }
}
