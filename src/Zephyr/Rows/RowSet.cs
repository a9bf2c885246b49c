using System.Collections;

namespace Zephyr.Rows;

/// <summary>How much a reader demands of a row's content. The shape (JSON, fields, types, roles) is always demanded.</summary>
public enum RowChecks
{
    /// <summary>A fatal fault of the content stops the reading: for data to train on.</summary>
    Strict,

    /// <summary>Every fault of the content is a warning: for raw data that is still to be cleaned (<c>DialogueFilter</c>).</summary>
    ShapeOnly,
}

/// <summary>The rows of a file, in file order, with what a careful reader would remark on.</summary>
/// <param name="path">The file.</param>
/// <param name="rows">Its rows.</param>
/// <param name="warnings">Each as <c>file:line: text</c>.</param>
public sealed class RowSet<T>(string path, IReadOnlyList<T> rows, IReadOnlyList<string> warnings) : IReadOnlyList<T>
{
    /// <summary>The file that was read, as it was named.</summary>
    public string Path { get; } = path;

    /// <summary>Doubts about rows that were kept, each as <c>file:line: text</c>, in file order.</summary>
    public IReadOnlyList<string> Warnings { get; } = warnings;

    /// <inheritdoc/>
    public int Count => rows.Count;

    /// <inheritdoc/>
    public T this[int index] => rows[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => rows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
