using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Zephyr.Kernel.Engine;

/// <summary>Turns what went wrong into what the reader needs: which cell, which line, what it says there.</summary>
internal sealed partial class ErrorReport
{
    private const int MostErrors = 8;

    private readonly ConcurrentDictionary<int, CellSource> _cells = new();
    private readonly ConcurrentDictionary<string, string> _files = new(StringComparer.Ordinal); // those of #load, by full path

    /// <summary>Keeps the text of a cell for later quotations.</summary>
    public void Remember(CellSource cell) => _cells[cell.Number] = cell;

    /// <summary>Keeps the texts of loaded files, by full path.</summary>
    public void Remember(IReadOnlyDictionary<string, string> files)
    {
        foreach (var (path, text) in files)
        {
            _files[path] = text;
        }
    }

    /// <summary>The compiler's errors, each with its line, the text of that line and a mark below the column.</summary>
    public CellError OfCompiler(CellSource cell, IEnumerable<Diagnostic> diagnostics)
    {
        var errors = diagnostics.ToArray();
        var lines = errors.Take(MostErrors).SelectMany(error => Quote(cell, error)).ToList();
        if (errors.Length > MostErrors)
        {
            lines.Add($"and {errors.Length - MostErrors} more");
        }

        var place = errors[0].Location.GetLineSpan();
        var first = place.StartLinePosition;
        var loaded = _files.ContainsKey(place.Path);
        var message = $"{(loaded ? Path.GetFileName(place.Path) + ", " : "")}line {first.Line + 1}, column {first.Character + 1}: {Message(errors[0])}";
        var heading = $"CompilationError: {(errors.Length == 1 ? "1 error" : $"{errors.Length} errors")} in {cell.Name}";
        return new("CompilationError", message, [heading, .. lines], loaded ? null : first.Line + 1);
    }

    /// <summary>An exception that a line of the cell is to blame for, before anything ran.</summary>
    public static CellError AtLine(CellSource cell, int line, Exception exception) =>
        new(exception.GetType().Name, exception.Message,
            [$"{exception.GetType().Name}: {exception.Message}", $"   {cell.Name}, line {line}: {cell.Line(line).Trim()}"], line);

    /// <summary>An exception that the cell's code did not catch.</summary>
    public CellError OfException(CellSource cell, Exception exception)
    {
        var cause = Unwrap(exception);
        var places = Places(cause).ToArray();
        List<string> lines = [$"{cause.GetType().Name}: {cause.Message}"];
        for (var inner = cause.InnerException; inner is not null; inner = inner.InnerException)
        {
            lines.Add($"   caused by {inner.GetType().Name}: {inner.Message}");
        }

        if (ThrownIn(cause) is { } library)
        {
            lines.Add($"   thrown in {library}");
        }

        lines.AddRange(places.Select(place => place.Text));
        return new(cause.GetType().Name, cause.Message, lines, places.FirstOrDefault(p => p.Cell == cell.Number).Line is > 0 and var line ? line : null);
    }

    private static Exception Unwrap(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var only] } => Unwrap(only),
        TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
        _ => exception,
    };

    private IEnumerable<string> Quote(CellSource cell, Diagnostic error)
    {
        var span = error.Location.GetLineSpan();
        var (line, column) = (span.StartLinePosition.Line + 1, span.StartLinePosition.Character);
        var text = _files.GetValueOrDefault(span.Path);
        yield return $"   {(text is null ? cell.Name : Path.GetFileName(span.Path))}, line {line}, column {column + 1}: {Message(error)}";
        yield return $"      {(text is null ? cell.Line(line) : CellSource.LineOf(text, line))}";
        yield return $"      {new string(' ', column)}^";
    }

    private static string Message(Diagnostic error) => $"{error.Id} {error.GetMessage(CultureInfo.InvariantCulture)}";

    private string? ThrownIn(Exception exception)
    {
        var frame = new StackTrace(exception, fNeedFileInfo: true).GetFrames().FirstOrDefault();
        return frame?.GetMethod() is { DeclaringType: { } type } method && CellOf(frame) is null && !_files.ContainsKey(frame.GetFileName() ?? "") ? $"{type.FullName}.{method.Name}" : null;
    }

    private static int? CellOf(StackFrame frame) =>
        CellName().Match(Path.GetFileName(frame.GetFileName()) ?? "") is { Success: true } match
            ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : null;

    private IEnumerable<(int Cell, int Line, string Text)> Places(Exception exception)
    {
        foreach (var frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames().Where(frame => !FunctionAliases.IsOne(frame.GetMethod()?.Name ?? "")))
        {
            if (CellOf(frame) is { } number)
            {
                var line = frame.GetFileLineNumber();
                var quote = _cells.TryGetValue(number, out var cell) ? cell.Line(line).Trim() : "";
                yield return (number, line, $"   cell {number}, line {line}{Function(frame)}: {quote}");
            }
            else if (frame.GetFileName() is { } path && _files.TryGetValue(path, out var text))
            {
                var line = frame.GetFileLineNumber();
                yield return (0, line, $"   {Path.GetFileName(path)}, line {line}{Function(frame)}: {CellSource.LineOf(text, line).Trim()}");
            }
        }
    }

    private static string Function(StackFrame frame)
    {
        var method = frame.GetMethod();
        var name = method?.Name == "MoveNext" ? method.DeclaringType?.Name ?? "" : method?.Name ?? "";
        var inner = InnerName().Match(name) is { Success: true } match ? match.Groups[1].Value : name;
        return inner is "" or "Initialize" or "Factory" ? "" : $", in {inner}";
    }

    [GeneratedRegex(@"^cell (\d+)$")]
    private static partial Regex CellName();

    [GeneratedRegex(@"^<+(\w+)>")]
    private static partial Regex InnerName();
}
