using Zephyr.Kernel.Engine;

namespace Zephyr.Kernel.Display;

/// <summary>Where the output of a cell goes: the sockets of a kernel, or the outputs of a notebook file.</summary>
internal interface IOutputSink
{
    /// <summary>Text of <c>stdout</c> or <c>stderr</c>.</summary>
    void Stream(string name, string text);

    /// <summary>A value shown while the cell runs.</summary>
    void Display(MimeBundle bundle, string displayId);

    /// <summary>A new form of something shown earlier, in place.</summary>
    void Update(MimeBundle bundle, string displayId);

    /// <summary>The value of the cell's last expression.</summary>
    void Result(MimeBundle bundle);

    /// <summary>Why the cell ended early.</summary>
    void Error(CellError error);

    /// <summary>Forgets what the cell showed so far; with <paramref name="wait"/>, when it next shows something.</summary>
    void Clear(bool wait);
}
