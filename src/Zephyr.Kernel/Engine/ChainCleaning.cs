namespace Zephyr.Kernel.Engine;

/// <summary>
/// Which cells of a long session the next one can do without. A cell goes when later ones declared all that it did; when it declares nothing but variables, and
/// nothing that may still run uses them, they move, together with those of its like, to one cell at the end. All others stay, with all that they use.
/// </summary>
internal sealed class ChainCleaning
{
    private const int ManyVariables = 1000; // of a cell that is not compiled again, so that the work for each variable does not grow with their number

    /// <summary>Looks at a chain.</summary>
    /// <param name="chain">Not empty; no cell runs.</param>
    public ChainCleaning(CellChain chain)
    {
        var cells = chain.Cells;
        var untouched = 1 + Math.Max(0, cells.ToList().FindLastIndex(cell => cell.HasNumberedTypes)); // which would have other names behind other cells
        var staying = new HashSet<StayingCell>();
        var moving = new List<StayingCell>();
        for (var i = untouched; i < cells.Count; i++)
        {
            if (CanMove(chain, cells[i], hasReferences: cells[i].References > cells[i - 1].References))
            {
                moving.Add(cells[i]);
            }
            else if (cells[i].References > cells[i - 1].References || cells[i].Names.IsSeenUnnamed || Found(chain, cells[i]).Any())
            {
                Stay(cells[i], staying);
            }
        }

        while (untouched < cells.Count && staying.Contains(cells[untouched]))
        {
            untouched++;
        }

        Untouched = [.. cells.Take(untouched)];
        Staying = [.. cells.Skip(untouched).Where(staying.Contains)];
        Leaving = [.. cells.Skip(untouched).Where(cell => !staying.Contains(cell))];
        Variables = [.. moving.Where(cell => !staying.Contains(cell)).SelectMany(cell => Found(chain, cell).Select(variable => (cell, variable)))];
    }

    /// <summary>The first cells, behind which nothing changes: up to the first that leaves.</summary>
    public IReadOnlyList<StayingCell> Untouched { get; }

    /// <summary>Those of the others that are still needed.</summary>
    public IReadOnlyList<StayingCell> Staying { get; }

    /// <summary>Those that are not.</summary>
    public IReadOnlyList<StayingCell> Leaving { get; }

    /// <summary>The variables of those that leave which later cells can name, with their cells.</summary>
    public IReadOnlyList<(StayingCell Cell, Declaration Declared)> Variables { get; }

    private static IEnumerable<Declaration> Found(CellChain chain, StayingCell cell) => cell.Names.Declared.Where(declared => chain.IsFound(cell, declared));

    private static void Stay(StayingCell cell, HashSet<StayingCell> staying)
    {
        for (var open = new Stack<StayingCell>([cell]); open.TryPop(out var next);)
        {
            if (staying.Add(next))
            {
                foreach (var used in next.Uses)
                {
                    open.Push(used);
                }
            }
        }
    }

    private static bool CanMove(CellChain chain, StayingCell cell, bool hasReferences) =>
        !hasReferences && !cell.IsHeld && !cell.Names.IsSeenUnnamed && cell.Names is { Declared.Count: > 0, HasCode: false }
        && Found(chain, cell).Count() < ManyVariables && Found(chain, cell).All(variable => variable.MovableAs is not null && chain.MeansOneThing(variable.Name));
}
