using Microsoft.CodeAnalysis.CSharp;

namespace Zephyr.Kernel.Engine;

/// <content>Long sessions.</content>
internal sealed partial class ScriptSession
{
    /// <summary>Forgets cells that no later one can tell the absence of.</summary>
    private void Clean()
    {
        var cleaning = new ChainCleaning(_chain);
        _cleanAt = _chain.Count + _few;
        if (cleaning.Leaving.Count < _few / 2)
        {
            return;
        }

        var compilations = new List<CSharpCompilation>();
        var previous = cleaning.Untouched[^1].Compilation;
        foreach (var cell in cleaning.Staying)
        {
            compilations.Add(previous = cell.After(previous));
        }

        List<StayingCell> cells = [.. cleaning.Untouched, .. cleaning.Staying];
        if (cleaning.Variables.Count > 0)
        {
            var code = MovedVariables.Code(cleaning.Variables.Select(variable => variable.Declared));
            var made = Made(code, "variables of earlier cells", previous, PlainSources);
            if (made.Errors.Count > 0)
            {
                foreach (var error in made.Errors)
                {
                    cleaning.Variables[error.Location.GetLineSpan().StartLinePosition.Line].Cell.Hold(); // its type cannot be named from here
                }

                Clean();
                return;
            }

            var loaded = _assemblies.Load(made, isSeen: true);
            object?[] variables = [null, .. cells.Select(cell => cell.Variables).Where(own => own is not null), null];
            loaded.Start(variables).GetAwaiter().GetResult();
            MovedVariables.Copy(cleaning.Variables, variables[^1]!);
            cells.Add(new(code, made, [], loaded, variables[^1]));
        }

        foreach (var (cell, compilation) in cleaning.Staying.Zip(compilations))
        {
            cell.Compilation = compilation;
        }

        _chain.Become(cells);
        _cleanAt = cells.Count + _few;
        foreach (var cell in cleaning.Leaving)
        {
            cell.Loaded.LetGo();
        }

        _assemblies.Prune();
    }
}
