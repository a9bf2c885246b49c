using System.Globalization;

namespace Zephyr.Kernel.Engine;

/// <summary>Durations as a reader takes them in.</summary>
internal static class WallTime
{
    /// <summary>Three figures with a unit: <c>12.3 ms</c>, <c>4.56 s</c>, <c>2 min 3 s</c>.</summary>
    public static string Text(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 999.5 } => string.Create(CultureInfo.InvariantCulture, $"{Figures(time.TotalMilliseconds)} ms"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Figures(time.TotalSeconds)} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
    };

    private static string Figures(double value) => value.ToString(value < 9.995 ? "0.00" : value < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
