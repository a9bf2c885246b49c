using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Zephyr.Kernel.References;

namespace Zephyr.Kernel.Engine;

/// <summary>
/// A session's cells, one after the other: what the compiler knows of those that ran, what they may reference, and their variables. A cell that declares nothing
/// leaves nothing behind: the next one follows the cell before it, and its code is unloaded once nothing refers to it.
/// </summary>
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
    private static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default);

    private static ScriptSession? _prepared;

    private readonly List<MetadataReference> _references = [.. SessionReferences.Framework()];
    private readonly CellAssemblies _assemblies = new();
    private object?[] _variables = new object?[16]; // of each cell that stays, in an object of its own; the first place is for a host, and there is none
    private CSharpCompilation? _last;
    private int _stayed, _given, _made;

    private ScriptSession()
    {
    }

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

    /// <summary>Makes a session ready for its first cell, by a rehearsal. The next <see cref="Take"/> gets it, if it comes later.</summary>
    public static Task PrepareAsync() => Task.Run(async () =>
    {
        var session = new ScriptSession();
        await session.RunAsync(session.Compile(Rehearsal, "rehearsal", withChecks: true), keep: true);
        _prepared = session;
    });

    /// <summary>The session that was prepared; a new one where none is ready, as a cell that comes at once is faster than the rest of the rehearsal.</summary>
    public static ScriptSession Take() => Interlocked.Exchange(ref _prepared, null) ?? new ScriptSession();

    /// <summary>Lets later cells reference more.</summary>
    public void Add(IReadOnlyList<MetadataReference> references)
    {
        lock (_references)
        {
            _references.AddRange(references);
        }
    }

    /// <summary>Compiles a cell that follows those that stayed.</summary>
    /// <param name="code">Without <c>#r</c> lines.</param>
    /// <param name="name">The cell's, for errors and the debugger.</param>
    /// <param name="withChecks">Whether its loops, and those of files that it loads, are to notice an interrupt.</param>
    public CompiledCell Compile(string code, string name, bool withChecks)
    {
        var references = References;
        var compilation = Compilation(withChecks ? LoopChecks.Add(code) : code, name, ++_made, references.Skip(_given), _last, withChecks ? CheckedSources : PlainSources);
        return new(references, compilation);
    }

    /// <summary>A cell after those before it, as the compiler understands it; not yet looked at.</summary>
    /// <param name="code">Without <c>#r</c> lines.</param>
    /// <param name="name">The cell's, for errors and the debugger.</param>
    /// <param name="number">Of its own, for the names of its assembly and class.</param>
    /// <param name="references">Those that the cells before it do not have; it inherits theirs, and their usings.</param>
    /// <param name="previous">The cell before it; null for the first.</param>
    /// <param name="sources">Finds the files of <c>#load</c>; null where none may be loaded.</param>
    public static CSharpCompilation Compilation(
        string code, string name, int number, IEnumerable<MetadataReference> references, CSharpCompilation? previous, SourceReferenceResolver? sources) =>
        CSharpCompilation.CreateScriptCompilation(
            $"cells.{number}",
            CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), CellSource.Parse, name),
            references,
            Options.WithScriptClassName($"Cell#{number}").WithUsings(previous is null ? Imports : []).WithSourceReferenceResolver(sources),
            previous,
            typeof(object));

    /// <summary>Runs a cell on the calling thread.</summary>
    /// <param name="cell">Without errors, and compiled after the last cell that ran.</param>
    /// <param name="keep">Whether later cells see what it declares.</param>
    /// <returns>The value of its last expression, or what it threw; and whether later cells see something of it.</returns>
    public async Task<(object? Value, Exception? Thrown, bool Stays)> RunAsync(CompiledCell cell, bool keep)
    {
        var stays = keep && (_last is null || _given < cell.References.Count || cell.Declares);
        using var lease = _assemblies.Load(cell, stays);
        if (_stayed + 2 >= _variables.Length)
        {
            Array.Resize(ref _variables, 2 * _variables.Length);
        }

        object? value = null;
        Exception? thrown = null;
        try
        {
            value = await lease.Start(_variables);
        }
        catch (Exception exception)
        {
            thrown = exception;
        }

        if (stays)
        {
            (_last, _given) = (cell.Compilation, cell.References.Count); // also after an exception: what was assigned before it stays
            _stayed++;
        }

        return (value, thrown, stays);
    }
}
