using System.Text.Json;

namespace Zephyr.Rows;

/// <summary>A record that a <see cref="RowFile"/> can read and write: one JSON object a row, in its published shape.</summary>
/// <typeparam name="TSelf">The record itself.</typeparam>
public interface IRow<TSelf>
    where TSelf : IRow<TSelf>
{
    /// <summary>Makes the record from a JSON object; missing fields and wrong types throw with file and line (<see cref="JsonRow"/> words them).</summary>
    static abstract TSelf Parse(JsonRow row);

    /// <summary>Writes the fields of the record; the object's braces are already there.</summary>
    void WriteFields(Utf8JsonWriter json);

    /// <summary>What must be unique in a file (a prompt's id), with its field name; null where nothing must.</summary>
    (string Field, string Value)? Key => null;

    /// <summary>What is wrong with the content, though the shape is right; in a row fit for training, nothing fatal.</summary>
    IEnumerable<RowFault> Faults() => [];
}

/// <summary>One thing that is wrong with a row's content.</summary>
/// <param name="Text">In words, with both things that disagree.</param>
/// <param name="Fatal">False where the row can be used all the same (<see cref="RowChecks.Strict"/> refuses fatal ones only).</param>
public sealed record RowFault(string Text, bool Fatal = true);
