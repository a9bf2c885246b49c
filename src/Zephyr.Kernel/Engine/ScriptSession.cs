using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Zephyr.Kernel.References;

namespace Zephyr.Kernel.Engine;

/// <summary>
/// A session's cells, one after the other: what the compiler knows of those that ran, what they may reference, and their variables. A cell that declares nothing
/// leaves nothing behind: the next one follows the cell before it, and its code is unloaded once nothing refers to it. Of the others those are forgotten, from
/// time to time, that no later cell can tell the absence of.
/// </summary>
internal sealed partial class ScriptSession
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

    private const int FewCells = 100; // some 6 MB

    private static readonly LoadedSources CheckedSources = new(withChecks: true);
    private static readonly LoadedSources PlainSources = new(withChecks: false);
    private static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default);

    private static ScriptSession? _prepared;

    private readonly List<MetadataReference> _references = [.. SessionReferences.Framework()];
    private readonly CellAssemblies _assemblies = new();
    private readonly CellChain _chain = new();
    private readonly int _few;
    private int _made, _cleanAt;

    /// <summary>A session without cells.</summary>
    /// <param name="few">How many cells that declare something come before any is forgotten.</param>
    public ScriptSession(int few = FewCells) => _few = _cleanAt = few;

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

    /// <summary>The cells that later ones can see, but for the rehearsal, of which nothing can be seen.</summary>
    public IReadOnlyList<StayingCell> Cells => [.. _chain.Cells.Where(cell => cell.Code.Length > 0)];

    /// <summary>Makes a session ready for its first cell, by a rehearsal. The next <see cref="Take"/> gets it, if it comes later.</summary>
    public static Task PrepareAsync() => Task.Run(async () =>
    {
        var session = new ScriptSession();
        session.Keep((await session.RunAsync(session.Compile(Rehearsal, "rehearsal", withChecks: true), "", keep: true)).Stays!);
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
        if (_chain.Count >= _cleanAt)
        {
            Clean();
        }

        var sources = withChecks ? CheckedSources : PlainSources;
        var made = Made(withChecks ? LoopChecks.Add(code) : code, name, _chain.Last?.Compilation, sources);
        var (sent, faults) = made.Names is { } names ? CallsAcrossCells.Send(made.Compilation, names, _chain) : (null, []);
        return faults.Count > 0 ? new(made, faults) : sent is not null ? Made(sent, name, _chain.Last?.Compilation, sources) : made;
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
    /// <param name="cell">Without errors, and compiled after the last cell that stays.</param>
    /// <param name="code">Without <c>#r</c> lines and checks.</param>
    /// <param name="keep">Whether later cells are to see what it declares.</param>
    /// <returns>The value of its last expression, or what it threw; and what later cells see of it, if anything, for <see cref="Keep"/>.</returns>
    public async Task<(object? Value, Exception? Thrown, StayingCell? Stays)> RunAsync(CompiledCell cell, string code, bool keep)
    {
        var names = cell.Names!;
        var stays = keep && (_chain.Last is not { } last || last.References < cell.References.Count || names.IsSeen || (names.HasAnonymousTypes && cell.HasNumberedTypes));
        var uses = _chain.Declaring(names.Mentioned, names);
        foreach (var used in uses)
        {
            used.Hold(); // for good, if this cell is stopped and something of it goes on
        }

        var variables = _chain.Variables();
        var loaded = _assemblies.Load(cell, isSeen: stays);
        var ended = false;
        try
        {
            object? value = null;
            Exception? thrown = null;
            try
            {
                value = await loaded.Start(variables);
            }
            catch (Exception exception)
            {
                thrown = exception;
            }

            ended = true;
            foreach (var used in uses.Except(_chain.Declaring(names.MentionedForLater, names)))
            {
                used.Release();
            }

            return (value, thrown, stays ? new(code, cell, uses, loaded, cell.Image.Length > 0 ? variables[^1] : null) : null); // also after an exception: what was assigned before it stays
        }
        finally
        {
            if (!ended || !stays)
            {
                loaded.LetGo();
            }
        }
    }

    /// <summary>Lets later cells see a cell that ran.</summary>
    public void Keep(StayingCell cell)
    {
        _chain.Add(cell);
        if (cell.Names.Declared.Any(declared => cell.Names.MentionedForLater.Contains(declared.Name)))
        {
            cell.Hold();
        }
    }

    private CompiledCell Made(string code, string name, CSharpCompilation? previous, SourceReferenceResolver sources)
    {
        var references = References;
        return new(references, Compilation(code, name, ++_made, references.Skip(_chain.Last?.References ?? 0), previous, sources));
    }
}
