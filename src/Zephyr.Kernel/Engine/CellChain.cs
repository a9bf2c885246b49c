namespace Zephyr.Kernel.Engine;

/// <summary>The cells that later ones can see, in their order, and which of them a name means.</summary>
internal sealed class CellChain
{
    private readonly List<StayingCell> _cells = [];
    private readonly Dictionary<string, Dictionary<string, StayingCell>> _latest = new(StringComparer.Ordinal); // by name, then by Declaration.Key

    /// <summary>The cells. The assistant looks at them while another cell comes.</summary>
    public IReadOnlyList<StayingCell> Cells
    {
        get
        {
            lock (_cells)
            {
                return [.. _cells];
            }
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => _cells.Count;

    /// <summary>What the next cell follows; null before the first.</summary>
    public StayingCell? Last => _cells.Count == 0 ? null : _cells[^1];

    /// <summary>Which cells declare what a cell mentions.</summary>
    /// <param name="names">Some of its identifiers.</param>
    /// <param name="cell">What it declares itself, in the place of what earlier cells declared.</param>
    public IReadOnlyList<StayingCell> Declaring(IEnumerable<string> names, CellNames cell) =>
        [.. names.SelectMany(name => _latest.TryGetValue(name, out var all) ? all.Where(one => !cell.Declares(one.Key)).Select(one => one.Value) : []).Distinct()];

    /// <summary>Whether a later cell that names this declaration means it.</summary>
    public bool IsFound(StayingCell cell, Declaration declared) => _latest[declared.Name][declared.Key] == cell;

    /// <summary>Whether a name may mean a variable, function or property of some cell.</summary>
    public bool IsOfCell(string name) => _latest.TryGetValue(name, out var all)
        && all.Values.Any(cell => cell.Names.Declared.Concat(cell.Names.Aliases).Any(declared => declared.Name == name && !declared.IsStatic));

    /// <summary>Whether a name means one thing only.</summary>
    public bool MeansOneThing(string name) => _latest[name].Count == 1;

    /// <summary>Whether functions of a name stand in several cells.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cell">One cell more.</param>
    public bool IsSplitFunction(string name, CellNames cell) => _latest.TryGetValue(name, out var all)
        && all.Where(one => one.Value.Names.HasFunction(name) && !cell.Declares(one.Key)).Select(one => one.Value).Distinct().Count() + (cell.HasFunction(name) ? 1 : 0) > 1;

    /// <summary>A place for the variables of each cell and of the next one, as the compiler numbers them: the first is a host's, of whom there is none.</summary>
    public object?[] Variables() => [null, .. _cells.Select(cell => cell.Variables).Where(variables => variables is not null), null];

    /// <summary>Takes a cell that ran.</summary>
    public void Add(StayingCell cell)
    {
        lock (_cells)
        {
            _cells.Add(cell);
        }

        foreach (var declared in cell.Names.Declared.Concat(cell.Names.Aliases))
        {
            if (!_latest.TryGetValue(declared.Name, out var all))
            {
                _latest[declared.Name] = all = new(StringComparer.Ordinal);
            }

            all[declared.Key] = cell;
        }
    }

    /// <summary>Takes others in the place of all.</summary>
    public void Become(IReadOnlyList<StayingCell> cells)
    {
        lock (_cells)
        {
            _cells.Clear();
            _latest.Clear();
            foreach (var cell in cells)
            {
                Add(cell);
            }
        }
    }
}
