using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Zephyr.Kernel.References;

namespace Zephyr.Kernel.Engine;

/// <summary>What the compiler knows of a session: the cells that ran, one after the other, and what they may reference.</summary>
internal sealed class ScriptSession
{
    /// <summary>What the reader's cells are likely to ask of compiler and runtime. It declares nothing.</summary>
    private const string Rehearsal = """
        {
            var numbers = new List<int> { 1, 2 };
            for (var i = 0; i < 2; i++) { numbers.Add(i); }
            var words = numbers.Where(n => n > 0).Select(n => $"{n}: {n * 0.5:0.00}").ToArray();
            await Task.CompletedTask;
            Func<string, int> length = text => text.Length;
            _ = new { Count = words.Sum(length), Joined = string.Join(", ", words) };
        }
        """;

    private static readonly LoadedSources CheckedSources = new(withChecks: true);
    private static readonly LoadedSources PlainSources = new(withChecks: false);
    private static Task<ScriptSession>? _prepared;

    private readonly List<MetadataReference> _references = [.. SessionReferences.Framework()];
    private ScriptOptions _options;
    private ScriptState<object>? _state;

    private ScriptSession() => _options = ScriptOptions.Default
        .WithOptimizationLevel(OptimizationLevel.Release)
        .WithEmitDebugInformation(true)
        .WithFileEncoding(Encoding.UTF8)
        .WithAllowUnsafe(true)
        .WithReferences(_references)
        .WithImports(Imports);

    /// <summary>The usings that every cell has without writing them.</summary>
    public static IReadOnlyList<string> Imports { get; } =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Text", "System.Threading", "System.Threading.Tasks",
        "Zephyr.Kernel", "Zephyr.Kernel.Words", "Zephyr.Kernel.Words.CellWords",
    ];

    /// <summary>All that cells may reference by now, in the order in which it came.</summary>
    public IReadOnlyList<MetadataReference> References
    {
        get
        {
            lock (_references)
            {
                return [.. _references];
            }
        }
    }

    /// <summary>Makes a session ready for its first cell, by a rehearsal. The next <see cref="Take"/> gets it.</summary>
    public static Task PrepareAsync() => _prepared = RehearsedAsync();

    /// <summary>The session that was prepared, or a new one.</summary>
    public static ScriptSession Take() => Interlocked.Exchange(ref _prepared, null)?.GetAwaiter().GetResult() ?? new ScriptSession();

    /// <summary>Lets later cells reference more.</summary>
    public void Add(IReadOnlyList<MetadataReference> references)
    {
        lock (_references)
        {
            _references.AddRange(references);
        }

        _options = _options.AddReferences(references);
    }

    /// <summary>A cell that follows those that ran.</summary>
    /// <param name="code">Without <c>#r</c> lines.</param>
    /// <param name="name">The cell's, for errors and the debugger.</param>
    /// <param name="withChecks">Whether its loops, and those of files that it loads, are to notice an interrupt.</param>
    public Script<object> Script(string code, string name, bool withChecks)
    {
        var options = _options.WithFilePath(name).WithSourceResolver(withChecks ? CheckedSources : PlainSources);
        code = withChecks ? LoopChecks.Add(code) : code;
        return _state is null ? CSharpScript.Create<object>(code, options) : _state.Script.ContinueWith<object>(code, options);
    }

    /// <summary>Runs a cell on the calling thread.</summary>
    /// <param name="script">From <see cref="Script"/>.</param>
    /// <param name="keep">Whether later cells see what it declares.</param>
    public async Task<ScriptState<object>> RunAsync(Script<object> script, bool keep)
    {
        var state = await (_state is null ? script.RunAsync(null, _ => true) : script.RunFromAsync(_state, _ => true));
        if (keep)
        {
            _state = state; // also after an exception: what was assigned before it stays
            _options = _options.WithImports().WithReferences(Array.Empty<MetadataReference>()); // later cells inherit both; given again, references would pile up from cell to cell
        }

        return state;
    }

    private static async Task<ScriptSession> RehearsedAsync()
    {
        var session = new ScriptSession();
        await session.RunAsync(session.Script(Rehearsal, "rehearsal", withChecks: true), keep: true);
        return session;
    }
}
