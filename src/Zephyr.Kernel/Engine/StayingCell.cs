using Microsoft.CodeAnalysis.CSharp;

namespace Zephyr.Kernel.Engine;

/// <summary>A cell that ran and that later cells can see.</summary>
/// <param name="code">Without <c>#r</c> lines and checks.</param>
/// <param name="made">As the compiler made it, without errors.</param>
/// <param name="uses">The earlier cells that declare what it mentions.</param>
/// <param name="loaded">Its code.</param>
/// <param name="variables">The object that holds its variables; null where it has no code.</param>
internal sealed class StayingCell(string code, CompiledCell made, IReadOnlyList<StayingCell> uses, LoadedCell loaded, object? variables)
{
    private int _holds;

    /// <summary>Without <c>#r</c> lines and checks.</summary>
    public string Code { get; } = code;

    /// <summary>What the next cell follows.</summary>
    public CSharpCompilation Compilation { get; set; } = made.Compilation;

    /// <summary>How many references it and the cells before it have.</summary>
    public int References { get; } = made.References.Count;

    /// <summary>What it declares and mentions.</summary>
    public CellNames Names { get; } = made.Names!;

    /// <inheritdoc cref="CompiledCell.HasNumberedTypes"/>
    public bool HasNumberedTypes { get; } = made.HasNumberedTypes;

    /// <summary>The earlier cells that declare what it mentions.</summary>
    public IReadOnlyList<StayingCell> Uses { get; } = uses;

    /// <summary>Its code.</summary>
    public LoadedCell Loaded { get; } = loaded;

    /// <summary>The object that holds its variables; null where it has no code.</summary>
    public object? Variables { get; } = variables;

    /// <summary>Whether code that may still run uses its variables where they are.</summary>
    public bool IsHeld => Volatile.Read(ref _holds) > 0;

    /// <summary>Its variables must stay where they are.</summary>
    public void Hold() => Interlocked.Increment(ref _holds);

    /// <summary>Takes one <see cref="Hold"/> back.</summary>
    public void Release() => Interlocked.Decrement(ref _holds);

    /// <summary>As the compiler understands it after other cells than before. Its code stays as it is.</summary>
    /// <param name="previous">Of the same references, and with all that it uses.</param>
    public CSharpCompilation After(CSharpCompilation previous) =>
        Compilation.WithScriptCompilationInfo(Compilation.ScriptCompilationInfo!.WithPreviousScriptCompilation(previous));
}
