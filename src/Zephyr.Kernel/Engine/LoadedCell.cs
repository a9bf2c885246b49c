using System.Runtime.Loader;

namespace Zephyr.Kernel.Engine;

/// <summary>The code of a cell in this process.</summary>
/// <param name="start">Given the variables of the cells before it, runs it.</param>
/// <param name="context">What is unloaded; null where there is no code.</param>
internal sealed class LoadedCell(Func<object?[], Task<object?>> start, AssemblyLoadContext? context)
{
    /// <summary>Runs the cell.</summary>
    /// <param name="variables">Of the cells before it; it puts its own behind them.</param>
    public Task<object?> Start(object?[] variables) => start(variables);

    /// <summary>Lets go: the code stays for as long as something refers to it.</summary>
    public void LetGo() => context?.Unload();
}
