using System.Globalization;

namespace Zephyr.Notebooks.Display;

/// <summary>Numbers as people read them, the same on every machine and in every culture.</summary>
internal static class Numbers
{
    /// <summary>Five significant digits at most: 0.69315, -299.46, 1.2e-7.</summary>
    public static string Short(double value) => value switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "∞",
        double.NegativeInfinity => "-∞",
        0 => "0",
        _ when Math.Abs(value) is < 1e-4 or >= 1e7 => value.ToString("0.####e+0", CultureInfo.InvariantCulture),
        _ when Math.Abs(value) >= 1e4 => value.ToString("0", CultureInfo.InvariantCulture),
        _ => Rounded(value, 5).ToString("0.########", CultureInfo.InvariantCulture),
    };

    /// <summary>Six significant digits: enough for any picture, and the noise of the last bits stays out of the stored notebook.</summary>
    /// <returns>Null where the value is not finite: a gap in the picture.</returns>
    public static double? ForPicture(double value) => double.IsFinite(value) ? Rounded(value, 6) : null;

    /// <summary>A column of numbers with one number of decimals, at most four, so that the points stand under each other.</summary>
    public static Func<double, string> ColumnFormat(IEnumerable<double> values)
    {
        var finite = values.Where(double.IsFinite).ToArray();
        if (finite.Any(v => v != 0 && Math.Abs(v) is < 1e-3 or >= 1e7))
        {
            return Short;
        }

        var decimals = finite.Select(Decimals).DefaultIfEmpty(0).Max();
        var format = "F" + decimals.ToString(CultureInfo.InvariantCulture);
        return value => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : Short(value);
    }

    private static int Decimals(double value)
    {
        var text = value.ToString("0.####", CultureInfo.InvariantCulture);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return point < 0 ? 0 : text.Length - point - 1;
    }

    private static double Rounded(double value, int digits) =>
        double.Parse(value.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
