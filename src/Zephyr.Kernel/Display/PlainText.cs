using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Zephyr.Kernel.Display;

/// <summary>Values as one readable line of text, with the culture left out.</summary>
internal static class PlainText
{
    /// <summary>How many items of a sequence are shown.</summary>
    public const int MostItems = 20;

    private const int Deepest = 3;

    /// <summary>A value by itself: a string is shown as it is.</summary>
    public static string Of(object? value) => value is string text ? text : Write(value, 0);

    /// <summary>A value inside something else: a string is quoted.</summary>
    public static string Inner(object? value) => Write(value, 1);

    /// <summary>The members that a reader would name, in the order of their declaration.</summary>
    public static IReadOnlyList<PropertyInfo> Properties(Type type) =>
        [.. type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.CanRead && p.GetIndexParameters().Length == 0 && !p.PropertyType.IsByRefLike)];

    /// <summary>Whether the type is a bundle of named values: a record, an anonymous type, or a class without a text of its own.</summary>
    public static bool HasNamedValues(Type type) =>
        type.GetMethod("<Clone>$") is not null || IsAnonymous(type) || IsRecordStruct(type)
        || (!HasOwnText(type) && !type.IsPrimitive && Properties(type).Count > 0);

    private static bool IsAnonymous(Type type) => type.Name.Contains("AnonymousType", StringComparison.Ordinal);

    private static bool IsRecordStruct(Type type) => type.IsValueType && type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null;

    private static string Write(object? value, int depth) => value switch
    {
        null => "null",
        string text => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"",
        char c => depth == 0 ? c.ToString() : $"'{c}'",
        bool b => b ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        Exception exception => $"{exception.GetType().Name}: {exception.Message}",
        Type type => type.FullName ?? type.Name,
        ITuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Write(tuple[i], depth + 1)))})",
        IDictionary entries when depth < Deepest => Join("{", Pairs(entries, depth), "}"),
        IEnumerable items when depth < Deepest && !HasOwnText(items.GetType()) => Join("[", items.Cast<object?>().Select(item => Write(item, depth + 1)), "]"),
        _ when depth < Deepest && HasNamedValues(value.GetType()) => Named(value, depth),
        _ => value.ToString() ?? "",
    };

    private static bool HasOwnText(Type type) =>
        type.GetMethod("ToString", Type.EmptyTypes)?.DeclaringType is { } owner && owner != typeof(object) && owner != typeof(ValueType);

    private static IEnumerable<string> Pairs(IDictionary entries, int depth)
    {
        foreach (DictionaryEntry entry in entries)
        {
            yield return $"{Write(entry.Key, depth + 1)}: {Write(entry.Value, depth + 1)}";
        }
    }

    private static string Named(object value, int depth)
    {
        var type = value.GetType();
        var members = Properties(type).Select(p => $"{p.Name} = {Write(p.GetValue(value), depth + 1)}");
        return $"{(IsAnonymous(type) ? "" : type.Name + " ")}{{ {string.Join(", ", members)} }}";
    }

    private static string Join(string open, IEnumerable<string> items, string close)
    {
        var text = new StringBuilder(open);
        var count = 0;
        foreach (var item in items)
        {
            if (count == MostItems)
            {
                text.Append(", …");
                break;
            }

            text.Append(count++ == 0 ? "" : ", ").Append(item);
        }

        return text.Append(close).ToString();
    }
}
