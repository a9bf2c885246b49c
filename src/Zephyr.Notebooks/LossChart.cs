using Zephyr.Notebooks.Display;

namespace Zephyr.Notebooks;

/// <summary>Loss over steps, fed while a training runs: <c>chart.Add(step.Step, step.Loss)</c>.</summary>
/// <remarks>May be drawn while another thread adds. See <see cref="Live"/> for watching it grow.</remarks>
[TypeFormatterSource(typeof(ChartFormatters), PreferredMimeTypes = [Mime.Plotly, Mime.Svg, Mime.Text])]
public sealed class LossChart : IDisplayed
{
    private readonly Lock _lock = new();
    private readonly string _title;
    private readonly string _unit;
    private readonly List<double> _steps = [];
    private readonly List<double> _losses = [];
    private readonly List<double> _heldOutSteps = [];
    private readonly List<double> _heldOutLosses = [];
    private readonly List<(string Name, double At)> _rules = [];
    private (string Name, double[] Steps, double[] Losses)? _reference;

    /// <summary>An empty chart.</summary>
    public LossChart(string title = "Loss", string unit = "nats per token")
    {
        _title = title;
        _unit = unit;
    }

    /// <summary>Loss at the last step added, or NaN before the first.</summary>
    public double Last
    {
        get
        {
            lock (_lock)
            {
                return _losses.Count == 0 ? double.NaN : _losses[^1];
            }
        }
    }

    /// <summary>Adds what one optimizer step found.</summary>
    /// <param name="step">Steps done, from 1.</param>
    /// <param name="loss">Mean over the batch of that step.</param>
    public void Add(int step, double loss)
    {
        lock (_lock)
        {
            _steps.Add(step);
            _losses.Add(loss);
        }
    }

    /// <summary>Adds an evaluation on rows that are not trained on.</summary>
    public void AddHeldOut(int step, double loss)
    {
        lock (_lock)
        {
            _heldOutSteps.Add(step);
            _heldOutLosses.Add(loss);
        }
    }

    /// <summary>Lays a published run, or an earlier one, behind.</summary>
    /// <exception cref="ArgumentException">The two sequences differ in length.</exception>
    public LossChart Behind(string name, IEnumerable<double> steps, IEnumerable<double> losses)
    {
        lock (_lock)
        {
            _reference = (name, [.. steps], [.. losses]);
        }

        return this;
    }

    /// <summary>Marks a level, for example ln 2, where a policy that equals its reference stands.</summary>
    public LossChart Mark(string name, double at)
    {
        lock (_lock)
        {
            _rules.Add((name, at));
        }

        return this;
    }

    /// <summary>The chart as it stands.</summary>
    public Chart ToChart()
    {
        lock (_lock)
        {
            var chart = new Chart(_title, "step", _unit).Line("training", _steps, _losses);
            if (_heldOutSteps.Count > 0)
            {
                chart.Line("held out", _heldOutSteps, _heldOutLosses);
            }

            if (_reference is { } reference)
            {
                chart.Reference(reference.Name, reference.Steps, reference.Losses);
            }

            _rules.ForEach(rule => chart.HorizontalRule(rule.Name, rule.At));
            return chart;
        }
    }

    /// <inheritdoc/>
    public string? Render(string mimeType) => ToChart().Render(mimeType);

    /// <summary>The chart in words, with the last values.</summary>
    public override string ToString() => ToChart().ToString();
}
