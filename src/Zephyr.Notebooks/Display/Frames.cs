using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.Data.Analysis;

namespace Zephyr.Notebooks.Display;

/// <summary>Rows of records into columns.</summary>
internal static class Frames
{
    public static DataFrame Of<T>(IEnumerable<T> rows)
    {
        var all = rows.ToArray();
        var properties = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0 && p.CanRead).ToArray();
        if (properties.Length == 0 || typeof(T) == typeof(string))
        {
            throw new ArgumentException($"{typeof(T).Name} has no properties to make columns of. Give rows as records, or as new {{ name = value }}.", nameof(rows));
        }

        return new DataFrame(properties.Select(property => Column(Heading(property.Name), property.PropertyType, [.. all.Select(row => property.GetValue(row))])));
    }

    private static DataFrameColumn Column(string name, Type type, object?[] values)
    {
        var kind = Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type);
        return (type.IsEnum ? TypeCode.Object : kind) switch
        {
            TypeCode.Boolean => new BooleanDataFrameColumn(name, values.Select(value => (bool?)value)),
            TypeCode.Byte or TypeCode.SByte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 =>
                new Int64DataFrameColumn(name, values.Select(value => value is null ? (long?)null : Convert.ToInt64(value, CultureInfo.InvariantCulture))),
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal or TypeCode.UInt64 =>
                new DoubleDataFrameColumn(name, values.Select(value => value is null ? (double?)null : Convert.ToDouble(value, CultureInfo.InvariantCulture))),
            _ => new StringDataFrameColumn(name, values.Select(Text)),
        };
    }

    private static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        IEnumerable items => string.Join(", ", items.Cast<object?>().Select(Text)),
        double number => Numbers.Short(number),
        float number => Numbers.Short(number),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>ChosenReward becomes "chosen reward"; names that are not in this form stay.</summary>
    private static string Heading(string name)
    {
        if (name.Contains('_', StringComparison.Ordinal) || name.Length == 0 || !char.IsUpper(name[0]))
        {
            return name.Replace('_', ' ');
        }

        var result = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var startsWord = i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            var isAcronym = char.IsUpper(name[i]) && ((i > 0 && char.IsUpper(name[i - 1])) || (i + 1 < name.Length && char.IsUpper(name[i + 1])));
            result.Append(startsWord ? " " : "").Append(isAcronym ? name[i] : char.ToLowerInvariant(name[i]));
        }

        return result.ToString();
    }
}
