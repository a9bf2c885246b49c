namespace Zephyr.Kernel.Notebook;

/// <summary>Whether the outputs in a file are those of its cells.</summary>
internal static class StoredOutputs
{
    /// <summary>What is wrong with the stored outputs, in words that say what to do; null when nothing is.</summary>
    public static string? Fault(NotebookFile notebook)
    {
        if (notebook.StoredSource is not { } stored)
        {
            return "never run by this program: run it with --write";
        }

        if (stored != notebook.Source)
        {
            return "the cells were changed after the outputs were made: run it with --write";
        }

        var cells = notebook.CodeCells;
        for (var i = 0; i < cells.Count; i++)
        {
            if (cells[i].ExecutionCount != i + 1)
            {
                return $"code cell {i + 1} has execution count {cells[i].ExecutionCount?.ToString() ?? "none"}: run it with --write";
            }

            if (!cells[i].MayRaise && cells[i].Outputs.FirstOrDefault(o => o["output_type"]?.GetValue<string>() == "error") is { } error)
            {
                return $"code cell {i + 1} ended in {error["ename"]}: {error["evalue"]}";
            }
        }

        return null;
    }
}
