using OxyPlot;

namespace Zephyr.Notebooks.Charts;

/// <summary>White to blue for values that are never negative; orange to white to blue, with white at zero, for the rest.</summary>
internal sealed record HeatScale(double Low, double High)
{
    public static HeatScale Of(double[,] values)
    {
        var finite = values.Cast<double>().Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var (low, high) = (finite.Min(), finite.Max());
        return low < 0 ? new(-Math.Max(-low, high), Math.Max(-low, high)) : new(low, high > low ? high : low + 1);
    }

    public OxyColor ColorOf(double value) => !double.IsFinite(value)
        ? OxyColor.Parse("#bbbbbb")
        : Low < 0 && value < 0
            ? OxyColor.Interpolate(OxyColors.White, OxyColor.Parse(Palette.Second), value / Low)
            : OxyColor.Interpolate(OxyColors.White, OxyColor.Parse(Palette.First), Share(value));

    public OxyColor InkOn(double value) => double.IsFinite(value) && Math.Abs(Low < 0 ? value / High : Share(value)) > 0.6 ? OxyColors.White : OxyColor.Parse(Palette.Ink);

    private double Share(double value) => Low < 0 ? value / High : (value - Low) / (High - Low);
}
