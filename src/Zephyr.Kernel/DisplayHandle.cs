using Zephyr.Kernel.Display;

namespace Zephyr.Kernel;

/// <summary>Something shown below a cell that can be changed in place, also by later cells.</summary>
public sealed class DisplayHandle
{
    private readonly OrderedOutput _output;
    private readonly IReadOnlyCollection<string> _mimeTypes;

    internal DisplayHandle(OrderedOutput output, string displayId, IReadOnlyCollection<string> mimeTypes)
    {
        _output = output;
        _mimeTypes = mimeTypes;
        DisplayId = displayId;
    }

    /// <summary>The name of the shown thing in the protocol.</summary>
    public string DisplayId { get; }

    /// <summary>Shows another value in the place of the first.</summary>
    public void Update(object? value)
    {
        CellDisplay.CheckOnCellThread();
        (CellDisplay.Output ?? _output).Update(Formatting.Bundle(value, _mimeTypes), DisplayId);
    }
}
