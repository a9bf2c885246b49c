using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Zephyr.Notebooks.Display;
using static TorchSharp.torch;

namespace Zephyr.Notebooks;

/// <summary>A cell's assertion: says in one line what held, or throws with both values and the gap, so that a notebook cannot go on with a false sentence.</summary>
public static class Check
{
    /// <summary>Two numbers are nearly equal.</summary>
    /// <param name="actual">The value to judge.</param>
    /// <param name="expected">What it should be.</param>
    /// <param name="tolerance">The largest gap allowed, in the unit of the values.</param>
    /// <param name="actualName">Filled in by the compiler.</param>
    /// <param name="expectedName">Filled in by the compiler.</param>
    /// <exception cref="InvalidOperationException">The gap is larger, or a value is not a number.</exception>
    public static Checked Close(double actual, double expected, double tolerance = 1e-6,
        [CallerArgumentExpression(nameof(actual))] string actualName = "", [CallerArgumentExpression(nameof(expected))] string expectedName = "")
    {
        var gap = actual == expected ? 0 : Math.Abs(actual - expected);
        return gap <= tolerance
            ? new($"{Named(actualName, Math.Abs(actual) <= tolerance ? 0 : actual)} = {Named(expectedName, expected)}, within {Text(tolerance)}")
            : throw new InvalidOperationException($"{Named(actualName, actual, exact: true)}, but {Named(expectedName, expected, exact: true)}: the gap of {Text(gap)} is above {Text(tolerance)}.");
    }

    /// <summary>Two sequences have the same length and are nearly equal at each place.</summary>
    /// <inheritdoc cref="Close(double, double, double, string, string)"/>
    [OverloadResolutionPriority(1)] // an array would also turn into a tensor
    public static Checked Close<T>(IEnumerable<T> actual, IEnumerable<T> expected, double tolerance = 1e-6,
        [CallerArgumentExpression(nameof(actual))] string actualName = "", [CallerArgumentExpression(nameof(expected))] string expectedName = "") where T : INumber<T>
    {
        var (left, right) = (actual.Select(double.CreateChecked).ToArray(), expected.Select(double.CreateChecked).ToArray());
        if (left.Length != right.Length)
        {
            throw new InvalidOperationException($"{actualName} has {left.Length} values, {expectedName} has {right.Length}.");
        }

        return AllClose(left, right, tolerance, actualName, expectedName, i => i.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Two tensors have the same shape and are nearly equal at each place. They are compared as fp64 on the processor.</summary>
    /// <inheritdoc cref="Close(double, double, double, string, string)"/>
    public static Checked Close(Tensor actual, Tensor expected, double tolerance = 1e-6,
        [CallerArgumentExpression(nameof(actual))] string actualName = "", [CallerArgumentExpression(nameof(expected))] string expectedName = "")
    {
        var (shape, other) = (actual.shape, expected.shape);
        if (!shape.SequenceEqual(other))
        {
            throw new InvalidOperationException($"{actualName} is [{string.Join(", ", shape)}], {expectedName} is [{string.Join(", ", other)}].");
        }

        return AllClose(Values(actual), Values(expected), tolerance, actualName, expectedName, i => Place(i, shape));
    }

    /// <summary>A tensor of one value nearly equals a number.</summary>
    /// <inheritdoc cref="Close(double, double, double, string, string)"/>
    public static Checked Close(Tensor actual, double expected, double tolerance = 1e-6,
        [CallerArgumentExpression(nameof(actual))] string actualName = "", [CallerArgumentExpression(nameof(expected))] string expectedName = "")
    {
        return actual.numel() == 1
            ? Close(Values(actual)[0], expected, tolerance, actualName, expectedName)
            : throw new InvalidOperationException($"{actualName} has {actual.numel()} values, {expectedName} is one number.");
    }

    /// <summary>Two values, or two sequences, are equal.</summary>
    /// <param name="actual">The value to judge.</param>
    /// <param name="expected">What it should be.</param>
    /// <param name="actualName">Filled in by the compiler.</param>
    /// <param name="expectedName">Filled in by the compiler.</param>
    /// <exception cref="InvalidOperationException">They differ; the message says where first.</exception>
    public static Checked Equal<T>(T actual, T expected,
        [CallerArgumentExpression(nameof(actual))] string actualName = "", [CallerArgumentExpression(nameof(expected))] string expectedName = "")
    {
        if (actual is System.Collections.IEnumerable left and not string && expected is System.Collections.IEnumerable right)
        {
            return SameSequence([.. left.Cast<object?>()], [.. right.Cast<object?>()], actualName, expectedName);
        }

        return EqualityComparer<T>.Default.Equals(actual, expected)
            ? new($"{actualName} = {Quoted(expected)}")
            : throw new InvalidOperationException($"{actualName} is {Quoted(actual)}, but {expectedName} is {Quoted(expected)}.");
    }

    /// <summary>A condition holds.</summary>
    /// <param name="condition">What must be true.</param>
    /// <param name="what">The claim in words; the condition itself where left out.</param>
    /// <exception cref="InvalidOperationException">It does not hold.</exception>
    public static Checked True(bool condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        condition ? new(what) : throw new InvalidOperationException($"This does not hold: {what}");

    private static Checked AllClose(double[] actual, double[] expected, double tolerance, string actualName, string expectedName, Func<int, string> place)
    {
        for (var i = 0; i < actual.Length; i++)
        {
            var gap = actual[i].Equals(expected[i]) && !double.IsNaN(actual[i]) ? 0 : Math.Abs(actual[i] - expected[i]);
            if (!(gap <= tolerance))
            {
                throw new InvalidOperationException(
                    $"At [{place(i)}] {actualName} is {Exact(actual[i])}, but {expectedName} is {Exact(expected[i])}: the gap of {Text(gap)} is above {Text(tolerance)}.");
            }
        }

        return actual.Length > 0
            ? new($"{actualName} = {expectedName}, {(actual.Length == 1 ? "one value" : $"all {actual.Length} values")} within {Text(tolerance)}")
            : throw new InvalidOperationException($"{actualName} and {expectedName} are empty: nothing was compared.");
    }

    private static Checked SameSequence(object?[] actual, object?[] expected, string actualName, string expectedName)
    {
        for (var i = 0; i < Math.Min(actual.Length, expected.Length); i++)
        {
            if (!Equals(actual[i], expected[i]))
            {
                throw new InvalidOperationException($"At [{i}] {actualName} is {Quoted(actual[i])}, but {expectedName} is {Quoted(expected[i])}.");
            }
        }

        return actual.Length == expected.Length
            ? new($"{actualName} = {expectedName}, all {actual.Length} values")
            : throw new InvalidOperationException($"{actualName} has {actual.Length} values, {expectedName} has {expected.Length}; they agree as far as both go.");
    }

    private static double[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
    }

    private static string Place(int index, long[] shape)
    {
        var place = new long[shape.Length];
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            (place[d], index) = (index % shape[d], (int)(index / shape[d]));
        }

        return string.Join(", ", place);
    }

    private static string Named(string name, double value, bool exact = false)
    {
        var text = exact ? Exact(value) : Text(value);
        return name.Length == 0 || double.TryParse(name, CultureInfo.InvariantCulture, out _) ? text : exact ? $"{name} is {text}" : $"{name} ({text})";
    }

    private static string Quoted(object? value) => value switch { null => "null", string text => $"\"{text}\"", double number => Exact(number), float number => Exact(number), _ => value.ToString() ?? "" };

    private static string Text(double value) => Numbers.Short(value);

    private static string Exact(double value) => value.ToString("G9", CultureInfo.InvariantCulture);
}

/// <summary>What a check found to hold. A failed check throws, so there is no other outcome.</summary>
[TypeFormatterSource(typeof(TextFormatters), PreferredMimeTypes = [Mime.Text])]
public sealed class Checked : IDisplayed
{
    private readonly string _what;

    internal Checked(string what) => _what = what;

    /// <inheritdoc/>
    public string? Render(string mimeType) => mimeType == Mime.Text ? ToString() : null;

    /// <summary>One line that begins with "ok".</summary>
    public override string ToString() => "ok: " + _what;
}
