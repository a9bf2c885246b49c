using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks;

/// <summary>Implicit rewards of chosen and rejected replies over DPO steps: <c>chart.Add(step.Step, step.ChosenReward, step.RejectedReward)</c>.</summary>
/// <remarks>The margin, their difference, is drawn too: it is what the loss sees. May be drawn while another thread adds.</remarks>
[TypeFormatterSource(typeof(ChartFormatters), PreferredMimeTypes = [Mime.Plotly, Mime.Svg, Mime.Text])]
public sealed class RewardChart : IDisplayed
{
    private readonly Lock _lock = new();
    private readonly string _title;
    private readonly List<double> _steps = [];
    private readonly List<double> _chosen = [];
    private readonly List<double> _rejected = [];
    private (string Name, double[] Steps, double[] Margins)? _reference;

    /// <summary>An empty chart.</summary>
    public RewardChart(string title = "Implicit rewards") => _title = title;

    /// <summary>Chosen reward less rejected reward at the last step added, or NaN before the first.</summary>
    public double LastMargin
    {
        get
        {
            lock (_lock)
            {
                return _steps.Count == 0 ? double.NaN : _chosen[^1] - _rejected[^1];
            }
        }
    }

    /// <summary>Adds what one step found.</summary>
    /// <param name="step">Steps done, from 1.</param>
    /// <param name="chosenReward">Mean of β (log π − log π_ref) over the chosen replies of the step.</param>
    /// <param name="rejectedReward">The same over the rejected replies.</param>
    public void Add(int step, double chosenReward, double rejectedReward)
    {
        lock (_lock)
        {
            _steps.Add(step);
            _chosen.Add(chosenReward);
            _rejected.Add(rejectedReward);
        }
    }

    /// <summary>Lays the margin of a published run, or of an earlier one, behind.</summary>
    /// <exception cref="ArgumentException">The two sequences differ in length.</exception>
    public RewardChart Behind(string name, IEnumerable<double> steps, IEnumerable<double> margins)
    {
        lock (_lock)
        {
            _reference = (name, [.. steps], [.. margins]);
        }

        return this;
    }

    /// <summary>The chart as it stands.</summary>
    public Chart ToChart()
    {
        lock (_lock)
        {
            var chart = new Chart(_title, "step", "reward")
                .Line("chosen", _steps, _chosen)
                .Line("rejected", _steps, _rejected)
                .Line("margin", _steps, _chosen.Zip(_rejected, (chosen, rejected) => chosen - rejected));
            return _reference is { } reference ? chart.Reference(reference.Name, reference.Steps, reference.Margins) : chart;
        }
    }

    /// <inheritdoc/>
    public string? Render(string mimeType) => ToChart().Render(mimeType);

    /// <summary>The chart in words, with the last values.</summary>
    public override string ToString() => ToChart().ToString();
}
